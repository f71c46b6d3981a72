"""Parts of the page of a customer: what every desk has of them, newest first, each part page by page.

The cases of a desk are there by `cross_desk.register_cases`; what else an app keeps of a customer it registers here, in
AppConfig.ready. A part shows only what its reader may know of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.workflow import keyset
from tenesa.workflow.case import Case
from tenesa.workflow.procedures import unread
from tenesa.workspace import contacts, cross_desk, tags
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.delivery import Delivery, delivery_of_mail
from tenesa.workspace.desk import Desk, desk_of

SHOWN = 8  # rows of a part


@dataclass(frozen=True)
class Part:
    """One card of the page; `more` is the place behind its last row, "" at the end. `begins`: from its top.

    `beside` is what the customer is and has, the others are what happened. Without rows and `empty` it is not drawn.
    """

    key: str
    title: str | Promise
    icon: str
    template: str
    rows: Sequence[Any]
    more: str = ""
    begins: bool = True
    empty: str | Promise = ""
    beside: bool = False
    all_at: str = ""  # the address of the whole list elsewhere

    @property
    def is_drawn(self) -> bool:
        return bool(self.rows or self.empty or not self.begins)


Source = Callable[[CustomerKeys, User, str], Part]
_sources: dict[str, Source] = {}


def register(key: str, source: Source) -> None:
    """`source` is given the customer, who looks, and the place where the part begins ("": at its top); it raises
    BadRequest where that is no place."""
    _sources[key] = source


def parts_of(known: CustomerKeys, user: User, key: str = "", after: str = "") -> list[Part]:
    """Every part, first the cases desk by desk; the one of this key begins at a place."""
    parts = [*_cases(known, user, key, after)]
    parts += [source(known, user, after if one == key else "") for one, source in _sources.items()]
    return [part for part in parts if part.is_drawn]


def part_of(known: CustomerKeys, user: User, key: str, after: str) -> Part | None:
    """One part; None where there is none of that key."""
    if key in _sources:
        return _sources[key](known, user, after)
    return next(_cases(known, user, key, after, only=True), None)


@dataclass(frozen=True)
class CaseLine:
    case: Case
    tags: Sequence[str] = ()


# --- cases -----------------------------------------------------------------------------------------------------------
def _cases(known: CustomerKeys, user: User, key: str, after: str, *, only: bool = False) -> Iterator[Part]:
    desks = [desk for procedure in cross_desk.of_customers() if (desk := desk_of(procedure.procedure_name()))]
    desks = [desk for desk in desks if not only or desk.slug == key]
    below = {desk.model: keyset.number_of(after) for desk in desks if after and desk.slug == key}
    found = cross_desk.newest(known, user, [desk.model for desk in desks], SHOWN + 1, below)
    names = tags.of_cases({desk.procedure: [case.pk for case in found[desk.model][:SHOWN]] for desk in desks})
    for desk in desks:
        lines = [CaseLine(case, names.get((desk.procedure, case.pk), ())) for case in found[desk.model]]
        yield _of_desk(desk, lines, begins=desk.model not in below)


def _of_desk(desk: Desk, found: list[CaseLine], *, begins: bool) -> Part:
    more = str(found[SHOWN - 1].case.pk) if len(found) > SHOWN else ""
    return Part(desk.slug, desk.title, desk.icon, "workspace/_customer_cases.html", found[:SHOWN], more, begins)


# --- mails -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class MailLine:
    """A mail of one of the customer's cases; `delivery` is None for one that came."""

    at: datetime
    who: str
    subject: str
    number: str
    address: str
    delivery: Delivery | None = None


def mails(known: CustomerKeys, user: User, after: str) -> Part:
    """Those of the cases that this person sees: what came, and what we wrote; of one moment what came first."""
    to_come, to_go = _behind(after)
    of = {
        procedure: theirs
        for procedure in cross_desk.of_customers()
        if procedure.conversation is not Case.conversation
        and (theirs := cross_desk.keys_of(procedure, known, user)) is not None
    }
    came = InboundMail.objects.annotate(at=F("stored_at")).filter(to_come)
    went = OutboundMail.objects.annotate(at=F("created_at")).filter(to_go)
    found: list[Any] = [*_newest(came.only(*CAME), of), *_newest(went.defer("text", "html", "body"), of)]
    found.sort(key=lambda mail: (mail.at, isinstance(mail, InboundMail), mail.pk), reverse=True)
    more = keyset.place(found[SHOWN - 1].at, found[SHOWN - 1].pk) if len(found) > SHOWN else ""
    lines = [_line(mail) for mail in found[:SHOWN]]
    return Part("mails", _("Mails in and out"), "mails", "workspace/_customer_mails.html", lines, more, not after)


def _behind(after: str) -> tuple[Q, Q]:
    """What came, and what we wrote, behind a place: a moment, and the number of a mail that came or the id of ours."""
    if not after:
        return Q(), Q()
    moment, _underscore, pk = after.rpartition("_")
    at = keyset.moment_of(moment)
    if pk.isdecimal():
        return keyset.behind("at", at, keyset.number_of(pk), descending=True), Q(at__lte=at)
    return Q(at__lt=at), keyset.behind("at", at, keyset.uuid_of(pk), descending=True)


CAME = ("id", "stored_at", "from_name", "from_address", "subject", "procedure", "case_id")


def _newest(mails: QuerySet[Any], of: Mapping[type[Case], QuerySet[Any]]) -> Iterable[Any]:
    """Of each procedure by its index, in one question."""
    rows = [mails.filter(procedure=one.procedure_name(), case_id__in=theirs) for one, theirs in of.items()]
    return rows[0].union(*rows[1:], all=True).order_by("-at", "-id")[: SHOWN + 1] if rows else ()


def _line(mail: InboundMail | OutboundMail) -> MailLine:
    case, at = unread(mail.procedure, mail.case_id), mail.at  # type: ignore[union-attr]
    number, address = (case.number, case.get_absolute_url()) if case else ("", "")
    if isinstance(mail, InboundMail):
        return MailLine(at, mail.from_name or mail.from_address, mail.subject, number, address)
    return MailLine(at, ", ".join(mail.to), mail.subject, number, address, delivery_of_mail(mail))


# --- tags ------------------------------------------------------------------------------------------------------------
def tagged(known: CustomerKeys, user: User, after: str) -> Part:
    """The tags of the cases that this person sees, with how many have each, the commonest first."""
    mine = [
        tags.now().filter(procedure=one.procedure_name(), case_id__in=theirs).values_list("pk", "tag__name")
        for one in cross_desk.of_customers()
        if (theirs := cross_desk.keys_of(one, known, user)) is not None
    ]
    found = mine[0].union(*mine[1:]) if mine else ()
    counted = Counter(name for _pk, name in found).most_common()
    return Part("tags", _("Tags"), "tags", "workspace/_customer_tags.html", counted, beside=True)


# --- contacts --------------------------------------------------------------------------------------------------------
def attempts(known: CustomerKeys, user: User, after: str) -> Part:
    """Who called them when, by whichever desk; others than leaders know of what belongs to cases that they see."""
    rows, more = contacts.of_customer(user, known.reference, keyset.read(after), SHOWN)
    leads = user.has_role(*LEADERS)
    shown = [row for row in rows if leads or row.address]
    all_at = f"{reverse('contacts')}?{urlencode({'q': known.reference})}" if leads else ""
    return Part(
        "contacts", _("Contacts"), "phone", "workspace/_customer_contacts.html", shown, more, not after, all_at=all_at
    )  # fmt: skip


register("tags", tagged)
register("mails", mails)
register("contacts", attempts)
