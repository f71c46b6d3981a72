"""The offers that hold now, what a promise to each looks like, and who has to agree (requirements 2.6, 8.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from caring import billing
from caring.billing import Arrears
from caring.offers.kinds import Proposal, proposal
from caring.offers.models import Channel, Offer, OfferVersion
from caring.promises import rules
from tenesa.rupiah import in_rupiah

if TYPE_CHECKING:
    from caring.models import CaringResult, Prospect

HERE = (Channel.PHONE, Channel.ALL)


def holding(day: date | None = None) -> QuerySet[OfferVersion]:
    """The newest approved version of each offer that is made by phone and valid on the day, in their order."""
    day = day or timezone.localdate()
    valid = OfferVersion.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
    newest = valid.filter(approved_at__isnull=False).order_by("offer_id", "-number").distinct("offer_id")
    here = OfferVersion.objects.filter(pk__in=newest.values("pk"), channel__in=HERE)
    return here.select_related("offer").order_by("offer__place", "offer_id")


def choices() -> list[tuple[str, str]]:
    return [(one.offer_id, one.offer.name) for one in holding()]


def current(code: str) -> OfferVersion:
    """LookupError where the offer does not hold now."""
    found = holding().filter(offer=code).first()
    if found is None:
        raise LookupError(code)
    return found


def name_of(code: str) -> str:
    """What an offer is called; of one that is gone its code."""
    return Offer.objects.filter(pk=code).values_list("name", flat=True).first() or code


def version_of(code: str) -> int:
    """The version of the offer that holds now. LookupError as `current`."""
    return current(code).number


def needs_approval(prospect: Prospect, code: str) -> bool:
    """Whether what it gives up is above its limit, so that the team leader has to agree."""
    return is_above(current(code), owed_by(prospect))


def is_above(version: OfferVersion, owed: Arrears) -> bool:
    """The same of what is owed."""
    return version.limit is not None and proposal(version, owed, timezone.localdate()).relief > version.limit


def above_limit(result: CaringResult) -> tuple[int, int] | None:
    """What a promise gives up and its offer's limit, in whole rupiah, by the version that was told; None where nothing
    is above it."""
    version = OfferVersion.objects.filter(offer=result.offer, number=result.offer_version or 0).first()
    owed = owed_by(result.prospect)
    if version is None or version.limit is None or result.promised_on is None or not owed.amount:
        return None
    relief = proposal(version, owed, result.promised_on).relief
    return (relief, version.limit) if relief > version.limit else None


def lines_of(prospect: Prospect, code: str, start: date) -> list[tuple[date, int]]:
    """(due, amount in whole rupiah) of a promise to this offer, the first due on `start`."""
    return list(proposed(prospect, code, start).lines)


def proposed(prospect: Prospect, code: str, start: date) -> Proposal:
    """The same with what is given up."""
    return proposal(current(code), owed_by(prospect), start)


def owed_by(prospect: Prospect) -> Arrears:
    """With today's fines; by the total alone where the months do not say."""
    today = timezone.localdate()
    owed = billing.arrears(prospect.bills, today)
    if owed.amount == prospect.total:
        return owed
    return Arrears((billing.Due(prospect.oldest_month, prospect.total, owed.fine),))


def problems(prospect: Prospect, code: str, start: date) -> Iterator[str]:
    """Why a promise to it cannot be made: no line lies after the offer's last day or after termination (8.1). A line
    that was terminated already asks for no day before it."""
    today = timezone.localdate()
    try:
        version = current(code)
    except LookupError:
        yield _("This offer is not made now.")
        return
    last = min(today + timedelta(days=version.longest_days), version.valid_until or date.max)
    cut_off = billing.policy_at(today).terminates_on(prospect.oldest_month)
    lines = proposal(version, owed_by(prospect), start).lines
    yield from rules.problems(lines, today, last, cut_off if cut_off > today else date.max)


def chosen(code: Any, day: Any) -> tuple[str, date] | None:
    """An offer and a first day as they stand in a form; None where one of them is none."""
    try:
        start = day if isinstance(day, date) else parse_date(str(day))
    except ValueError:
        return None
    return (str(code), start) if code and start else None


def lines_in_words(lines: Sequence[tuple[date, int]]) -> str:
    """ "Rp 175.000 (30 Nov 2026) and Rp 175.000 (14 Dec 2026)" """
    return get_text_list([f"{in_rupiah(amount)} ({date_format(due, 'j M Y')})" for due, amount in lines], _("and"))


def terms_in_words(prospect: Prospect, code: str, start: date) -> str:
    """What a promise to it asks and when, what is given up, and whether a leader has to agree; "" where there is no
    such offer now, or nothing is owed."""
    try:
        version, owed = current(code), owed_by(prospect)
        found = proposal(version, owed, start)
    except (LookupError, ValueError):
        return ""
    told = [_("Pays %(lines)s.") % {"lines": lines_in_words(found.lines)}]
    if found.relief:
        told.append(_("Given up: %(amount)s.") % {"amount": in_rupiah(found.relief)})
    if is_above(version, owed):
        told.append(_("Above the limit of the offer: the team leader has to agree first."))
    return " ".join(told)


def told_in_words(owed: Arrears) -> str:
    """What the amount told is made of: the bills, and the fine apart where there is one."""
    if not owed.fine:
        return _("bills, no fine")
    return _("bills %(bills)s + fine %(fine)s") % {"bills": in_rupiah(owed.amount), "fine": in_rupiah(owed.fine)}
