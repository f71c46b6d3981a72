"""Mails of notices: to whoever chose it goes what they have not read, every hour or in the morning.

Begun by one statement for all who are due, sent one by one. A mail that may have been accepted before its sender died
is looked for in the sent folder before it is sent again, as those of the outbox are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from email.utils import format_datetime
from itertools import groupby
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenesa.accounts.models import NoticeMail, User
from tenesa.contact import zones
from tenesa.mail import imap, smtp
from tenesa.mail.address import Unsendable, normal
from tenesa.mail.compose import addressed_message
from tenesa.mail.models import Mailbox
from tenesa.mail.outbox import keep_copy
from tenesa.mail.token import new_message_id
from tenesa.mail.values import Returned
from tenesa.notices.models import Digest, Notice
from tenesa.redis_link import wake
from tenesa.workspace.desk import desks
from tenesa.workspace.notice_pages import Line, lines_of

logger = logging.getLogger(__name__)
NAME = "notices.digest"  # in the Message-ID: a bounce is known by it
TASK = "tenesa.workspace.tasks.mail_notices_to"
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30))
LEASE = timedelta(minutes=2)
AT_ONCE = 500
SHOWN = 100


def sweep(now: datetime | None = None) -> int:
    """Begin what is due by the clock and wake workers for all that is to be sent; how many."""
    now = now or timezone.now()
    wanting = User.objects.filter(notice_mail__gt="", is_active=True).exclude(email="")
    new = wanting.filter(digest=None).values_list("pk", flat=True)
    Digest.objects.bulk_create([Digest(person_id=pk) for pk in new], ignore_conflicts=True)
    if (mailbox := Mailbox.of_desk("")) is not None:
        for when in NoticeMail:
            _begin(wanting.filter(notice_mail=when), moment_of(when, now), now, mailbox.domain)
    due = list(Digest.objects.filter(due_at__lte=now).order_by("due_at").values_list("pk", flat=True)[:AT_ONCE])
    for pk in due:
        wake(TASK, pk)
    return len(due)


def moment_of(when: NoticeMail, now: datetime) -> datetime:
    """The last moment up to now at which this choice lets mails leave."""
    if when == NoticeMail.HOUR:
        return now.replace(minute=0, second=0, microsecond=0)
    today = now.astimezone(zones.ZONES[when])
    morning = datetime.combine(today, time(settings.NOTICE_MAIL_HOUR), today.tzinfo)
    return morning if morning <= now else morning - timedelta(days=1)


def _begin(people: QuerySet[User], moment: datetime, now: datetime, domain: str) -> None:
    """A mail for each of them that has something unread; whoever is in another worker's hands is left to it."""
    unread = Notice.objects.filter(read_at=None, digest_at=None, at__lt=moment)
    with transaction.atomic():
        idle = Digest.objects.filter(Q(moment=None) | Q(moment__lt=moment), due_at=None, person__in=people)
        idle = idle.filter(Exists(unread.filter(person=OuterRef("person")))).order_by("pk")
        begun = list(idle.select_for_update(skip_locked=True, of=("self",)))
        for one in begun:
            one.moment, one.due_at, one.attempts, one.unsure, one.error = moment, now, 0, False, ""
            one.message_id = new_message_id(NAME, one.pk, domain, uuid4())
        Digest.objects.bulk_update(begun, ["moment", "due_at", "attempts", "unsure", "error", "message_id"])
        unread.filter(person__in=[one.pk for one in begun]).update(digest_at=moment)


def deliver(pk: int) -> str:
    """Send the mail of one person if it is due and nobody else does; what happened, in a word or two."""
    now = timezone.now()
    due = Digest.objects.filter(pk=pk, due_at__lte=now)
    if not due.update(due_at=now + LEASE, attempts=F("attempts") + 1):
        return "not due"
    digest = Digest.objects.select_related("person").get(pk=pk)
    try:
        return _attempt(digest)
    except (smtp.Refused, Unsendable) as error:
        return _stop(pk, str(error))
    except smtp.NotSent as error:
        return _later(digest, str(error), unsure=False)
    except (smtp.Unknown, imap.Unavailable) as error:
        return _later(digest, str(error), unsure=True)
    except Exception as error:
        logger.exception("mail of notices to %s", pk)
        return _later(digest, f"{type(error).__name__}: {error}", unsure=True)


def _attempt(digest: Digest) -> str:
    person = digest.person
    if not (person.is_active and person.notice_mail and person.email):
        _give_back(digest.pk)
        return _end(digest, "not wanted")
    mailbox = Mailbox.of_desk(next((desk for _role, desk, _area in person.places), ""))
    if mailbox is None:
        raise smtp.NotSent("no active mailbox")
    if digest.unsure and imap.find_sent(mailbox, digest.message_id):
        return _end(digest, "found in the sent folder")
    notices = Notice.objects.filter(person=person, read_at=None, digest_at=digest.moment)
    rows = list(notices.select_related("actor").order_by("pk"))
    lines = [line for line in lines_of(rows, person) if line.case is not None]
    if not lines:
        return _end(digest, "nothing unread")
    with translation.override(person.language or settings.LANGUAGE_CODE):
        content = _compose(digest, mailbox, lines)
    Digest.objects.filter(pk=digest.pk, message_id=digest.message_id).update(unsure=True)
    smtp.send(mailbox, [normal(person.email)], content)
    keep_copy(mailbox, digest.message_id, content)
    return _end(digest, "sent")


def _end(digest: Digest, how: str) -> str:
    """Nothing where another worker has taken it over."""
    mine = Digest.objects.filter(pk=digest.pk, message_id=digest.message_id, attempts=digest.attempts)
    mine.update(due_at=None, unsure=False, error="")
    return how


def _later(digest: Digest, error: str, *, unsure: bool) -> str:
    mine = Digest.objects.filter(pk=digest.pk, message_id=digest.message_id, attempts=digest.attempts)
    wait = BACK_OFF[min(digest.attempts, len(BACK_OFF)) - 1]
    mine.exclude(due_at=None).update(due_at=timezone.now() + wait, unsure=unsure, error=error)
    return "later"


def _stop(pk: int, reason: str) -> str:
    """Nothing reaches this address: the person chooses again, and finds the reason beside the choice."""
    with transaction.atomic():
        User.objects.filter(pk=pk).update(notice_mail="", notice_mail_stopped=reason[:300] or _("No reason given."))
        _give_back(pk)
        Digest.objects.filter(pk=pk).update(due_at=None, unsure=False, error=reason)
    return "stopped"


def _give_back(pk: int) -> None:
    """What stood in the mail that did not arrive, for the next one."""
    moment = Digest.objects.filter(pk=pk).values("moment")
    Notice.objects.filter(person=pk, read_at=None, digest_at__in=moment).update(digest_at=None)


def came_back(pk: int, returned: Returned) -> None:
    """A bounce. One that names other addresses is about an address that this person has no more."""
    person = User.objects.exclude(notice_mail="").filter(pk=pk).first()
    if person and (not returned.recipients or normal(person.email) in map(normal, returned.recipients)):
        _stop(pk, returned.reason)


def _compose(digest: Digest, mailbox: Mailbox, lines: list[Line]) -> bytes:
    """Number, kind, who and when: the words of customers and colleagues stay in the house."""
    message = addressed_message(mailbox, [normal(digest.person.email)])
    subject = ngettext("%(count)s unread notice", "%(count)s unread notices", len(lines)) % {"count": len(lines)}
    message["Subject"] = f"{subject} · TENESA"
    message["Date"] = format_datetime(timezone.localtime())
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content("\n".join(_text(digest.person, lines)), cte="quoted-printable")
    return f"Message-ID: <{digest.message_id}>\r\n".encode() + message.as_bytes()  # the library would fold it


def _text(person: User, lines: list[Line]) -> Iterator[str]:
    house, zone = settings.TENESA_URL.rstrip("/"), zones.ZONES.get(person.notice_mail) or zones.house()
    order = {desk.procedure: place for place, desk in enumerate(desks())}
    shown = sorted(lines[:SHOWN], key=lambda line: order[line.desk.procedure])
    yield _("Hello %(name)s,") % {"name": _line(str(person))}
    for desk, of_desk in groupby(shown, key=lambda line: line.desk):
        yield f"\n{desk.title}"
        for line in of_desk:
            who = _line(str(line.notice.actor)) if line.notice.actor else _("System")
            said = (line.number, line.notice.get_kind_display(), who, _when(line.notice.at, zone))
            yield f"- {' · '.join(str(word) for word in said if word)}"
            yield f"  {house}{line.case.get_absolute_url()}"
    if more := len(lines) - len(shown):
        yield "\n" + ngettext("… and %(count)s more", "… and %(count)s more", more) % {"count": more}
    yield "\n" + _("All notices: %(address)s") % {"address": house + reverse("notices")}
    yield _("You chose this mail in your settings: %(address)s") % {"address": house + reverse("own")}


def _line(name: str) -> str:
    return " ".join(name.split())


def _when(moment: datetime, zone: ZoneInfo) -> str:
    return f"{date_format(moment.astimezone(zone), 'j M Y H.i')} {zones.label_of(zone)}"
