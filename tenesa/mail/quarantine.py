"""Mails that ended without a case, and what a person decides about them; the bytes stay whatever is decided."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail import imap, intake, registry
from tenesa.mail.models import Blob, InboundMail, Mailbox, MailFolder
from tenesa.mail.nudge import nudge, nudge_filing
from tenesa.mail.parse import derived_id, parse
from tenesa.mail.values import Address, ParsedMail, ThreadMatch

Status = InboundMail.Status
DECIDERS = (Role.TEAM_LEADER, Role.SUPERVISOR)
ASIDE = (Status.IGNORED, Status.DUPLICATE)
WITHOUT_CASE = (*ASIDE, Status.QUARANTINED)
SHOWN = 200_000  # bytes of a raw mail that the page shows; the download has all


class NotPossible(Exception):
    """The decision cannot be carried out; the text says why."""


def mailboxes_of(user: User) -> QuerySet[Mailbox]:
    """The mailboxes whose books this person reads: counts, and no mail. An administrator reads all."""
    return Mailbox.objects.all() if user.has_role(Role.ADMIN) else _led(user)


def _led(user: User) -> QuerySet[Mailbox]:
    """The mailboxes whose mails this person decides about: a leader's own desks and areas."""
    where = Q(pk__in=[])
    for role, desk, area in user.places:
        if role in DECIDERS:
            here = Q(desk_id=desk)
            where |= here if area is None else here & (Q(area_id=area) | Q(area_id__isnull=True))
    return Mailbox.objects.filter(where)


def without_case(user: User, *statuses: Status) -> QuerySet[InboundMail]:
    """Mails of this person's mailboxes that no case was made of."""
    held = InboundMail.objects.filter(status__in=statuses or WITHOUT_CASE, mailbox__in=_led(user))
    return held.select_related("mailbox", "blob")


def waiting(user: User) -> QuerySet[InboundMail]:
    """What waits for this person's decision, oldest first."""
    return without_case(user, Status.QUARANTINED).order_by("pk")


def set_aside_today(user: User, status: Status) -> QuerySet[InboundMail]:
    """What the product put aside by itself since midnight: what a person should look through."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    mine = InboundMail.objects.filter(status=status, mailbox__in=_led(user))
    return mine.filter(status__in=ASIDE, decided_by=None, stored_at__gte=midnight)


def try_again(mail: InboundMail, user: User) -> None:
    """Let the filing try again from its first attempt; bytes that the server had not given are asked for again."""
    with transaction.atomic():
        row = _mine(mail, user, Status.QUARANTINED)
        if not row.blob.size:
            row.blob = _asked_again(row)
        row.status, row.reason, row.attempts, row.nudged_at = Status.STORED, "", 0, timezone.now()
        row.save(update_fields=["blob", "status", "reason", "attempts", "nudged_at", "decided_by", "decided_at"])
        transaction.on_commit(partial(nudge, "file_mails", [row.pk]))


@dataclass(frozen=True)
class Shared:
    """A reason that holds several mails: one fault of ours, not theirs."""

    reason: str
    number: int


def shared_reasons(user: User) -> list[Shared]:
    counted = waiting(user).exclude(blob__size=0).order_by().values_list("reason").annotate(number=Count("pk"))
    return [Shared(*row) for row in counted.filter(number__gt=1).order_by("-number")[:5]]


@transaction.atomic
def try_all_again(user: User, reason: str) -> int:
    """Let the filing try again every mail that this reason holds; returns how many."""
    held = waiting(user).filter(reason=reason).exclude(blob__size=0).select_for_update(of=("self",), skip_locked=True)
    pks = list(held.values_list("pk", flat=True))
    now = timezone.now()
    InboundMail.objects.filter(pk__in=pks).update(
        status=Status.STORED, reason="", attempts=0, nudged_at=now, decided_by=user, decided_at=now
    )
    nudge_filing("file_mails_again", pks)
    registry.tell_of_mails_without_case()
    return len(pks)


def ignore(mail: InboundMail, user: User, why: str) -> None:
    if not why.strip():
        raise NotPossible(_("Say why this mail concerns nobody."))
    with transaction.atomic():
        row = _mine(mail, user, Status.QUARANTINED)
        row.status, row.reason = Status.IGNORED, why.strip()[:2000]
        row.save(update_fields=["status", "reason", "decided_by", "decided_at"])


def file_by_hand(mail: InboundMail, user: User, number: str = "") -> InboundMail:
    """File as a new case, or into the case of a number; what cannot be read is filed as its plain bytes."""
    try:
        with transaction.atomic():
            row = _mine(mail, user, *WITHOUT_CASE)
            match = _case_of(row, user, number) if number.strip() else None
            intake.file_as_told(row, readable(row), match, by=_("by hand: %(who)s") % {"who": user})
            return row
    except IntegrityError as error:
        if "filed_once" in str(error):
            raise NotPossible(_("The same mail is filed already.")) from error
        raise


def readable(mail: InboundMail) -> ParsedMail:
    raw = mail.blob.content
    try:
        return parse(raw)
    except Exception:  # the very mail that no parser of ours reads: a person sees its bytes
        text = raw[:SHOWN].decode("utf-8", "replace").replace("\0", "")
        return ParsedMail(derived_id(raw), Address(""), subject=_("Unreadable mail"), text=text)


def _mine(mail: InboundMail, user: User, *statuses: Status) -> InboundMail:
    row = without_case(user, *statuses).filter(pk=mail.pk).select_for_update(of=("self",)).first()
    if row is None:
        raise NotPossible(_("Somebody has decided about this mail already."))
    row.decided_by, row.decided_at = user, timezone.now()
    registry.tell_of_mails_without_case()
    return row


def _case_of(mail: InboundMail, user: User, number: str) -> ThreadMatch:
    procedure = mail.mailbox.procedure
    handlers = registry.handlers(procedure)
    for case_id in handlers.by_number([number.strip().upper().replace("-", "")]):
        if handlers.visible(user, case_id):
            return ThreadMatch(procedure, case_id, why="by hand")
    raise NotPossible(_("There is no case %(number)s here.") % {"number": number.strip()})


def _asked_again(mail: InboundMail) -> Blob:
    folder = MailFolder.objects.filter(mailbox=mail.mailbox_id, name=mail.folder).select_related("mailbox").first()
    if folder is None or mail.uidl:
        raise NotPossible(_("The mail server does not give this mail."))
    try:
        fetched = imap.fetch_alone(folder, mail.uid_validity, mail.uid)
    except imap.Unavailable as error:
        raise NotPossible(str(error)) from error
    if fetched is None or not fetched.content:
        raise NotPossible(_("The mail server does not give this mail."))
    return Blob.keep([fetched.content])[0]
