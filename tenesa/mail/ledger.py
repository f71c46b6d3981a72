"""The books: what the server has against what became of it, counted by day of arrival and written down.

`check` really asks the server for its UIDs; pages read what it wrote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from tenesa.mail import imap, pop3
from tenesa.mail.models import InboundMail, LedgerDay, Mailbox, MailFolder

OVERDUE = timedelta(minutes=15)  # a mail the server has had for longer should have been read


@dataclass
class Listing:
    """What a server holds: names of mails (UID or UIDL), and when those arrived that we do not know."""

    uid_validity: int
    names: set[str]
    arrived: dict[str, datetime] = field(default_factory=dict)


@dataclass
class _Day:
    statuses: Counter[str] = field(default_factory=Counter)
    on_server: int = 0
    gone: int = 0
    waiting: int = 0
    by_person: int = 0
    missing: list[str] = field(default_factory=list)


def check(folder: MailFolder, days: int | None = None) -> list[LedgerDay]:
    """Compare a folder with the ledger for the last days and write the counts down; raises Unavailable."""
    today = timezone.localdate()
    first = today - timedelta(days=(days or settings.MAIL_LEDGER_DAYS) - 1)
    listing = _listing(folder, first)
    folder.refresh_from_db()  # what was read while the server answered is not missing
    counted = _count(folder, listing, first)
    now = timezone.now()
    rows = [_row(folder, day, found, now) for day, found in sorted(counted.items())]
    with transaction.atomic():
        LedgerDay.objects.filter(mailbox=folder.mailbox_id, folder=folder.name, day__gte=first).delete()
        LedgerDay.objects.bulk_create(rows)
    return rows


def check_all(folders: Iterable[MailFolder], days: int | None = None) -> list[tuple[MailFolder, list[LedgerDay], str]]:
    """Every folder with its days, or with the reason why its server could not be asked."""
    results = []
    for folder in folders:
        try:
            results.append((folder, check(folder, days), ""))
        except imap.Unavailable as error:
            results.append((folder, [], str(error)))
    return results


def folders() -> list[MailFolder]:
    boxes = Mailbox.objects.filter(active=True).prefetch_related("folders")
    return [folder for mailbox in boxes for folder in mailbox.folders_to_read()]


def missing(mailboxes: Iterable[Mailbox]) -> int:
    """How many mails the last checks found on the servers and not in the ledger."""
    rows = LedgerDay.objects.filter(mailbox__in=mailboxes).exclude(missing=[])
    return sum(len(names) for names in rows.values_list("missing", flat=True))


def _count(folder: MailFolder, listing: Listing, first: date) -> dict[date, _Day]:
    counted: dict[date, _Day] = {}
    known: set[str] = set()
    rows = InboundMail.objects.filter(mailbox=folder.mailbox_id, folder=folder.name)
    # A day more than is shown: the server's days are those of its own clock.
    rows = rows.filter(arrived_at__date__gte=first - timedelta(days=1))
    columns = rows.values_list("uid_validity", "uid", "uidl", "status", "arrived_at", "was")
    for validity, uid, uidl, status, arrived_at, was in columns.iterator():
        name = uidl or str(uid)
        here = validity == listing.uid_validity and name in listing.names
        if here:
            known.add(name)
        day = timezone.localdate(arrived_at)
        if day >= first:
            found = counted.setdefault(day, _Day())
            found.statuses[status] += 1
            found.by_person += bool(was)
            found.on_server += here
            found.gone += not here
    for name in listing.names - known - _older(folder, listing, listing.names - known):
        arrived = listing.arrived.get(name, timezone.now())
        found = counted.setdefault(max(first, timezone.localdate(arrived)), _Day())
        found.on_server += 1
        if _should_be_known(folder, listing, name, arrived):
            found.missing.append(name)
        else:
            found.waiting += 1
    return counted


def _older(folder: MailFolder, listing: Listing, names: set[str]) -> set[str]:
    """Names that the ledger has, of mails from before the days that are counted."""
    rows = InboundMail.objects.filter(mailbox=folder.mailbox_id, folder=folder.name)
    rows = rows.filter(uid_validity=listing.uid_validity)
    if folder.mailbox.protocol == Mailbox.Protocol.POP3:
        return set(rows.filter(uidl__in=names).values_list("uidl", flat=True))
    return {str(uid) for uid in rows.filter(uid__in=[int(name) for name in names]).values_list("uid", flat=True)}


def _should_be_known(folder: MailFolder, listing: Listing, name: str, arrived: datetime) -> bool:
    """Behind the cursor, or there for so long that it should have been read."""
    read = folder.mailbox.protocol == Mailbox.Protocol.IMAP and folder.uid_validity == listing.uid_validity
    return (read and int(name) <= folder.last_uid) or timezone.now() - arrived > OVERDUE


def _listing(folder: MailFolder, first: date) -> Listing:
    if folder.mailbox.protocol == Mailbox.Protocol.POP3:
        return _pop3_listing(folder)
    with imap.session(folder.mailbox) as client:
        validity = imap.open_folder(client, folder.name)
        uids = imap.listed(client, first - timedelta(days=1))
        rows = InboundMail.objects.filter(mailbox=folder.mailbox_id, folder=folder.name, uid_validity=validity)
        unknown = uids - set(rows.filter(uid__in=uids).values_list("uid", flat=True))
        arrived = imap.arrivals(client, unknown)
    return Listing(validity, {str(uid) for uid in uids}, {str(uid): at for uid, at in arrived.items()})


def _pop3_listing(folder: MailFolder) -> Listing:
    with pop3.session(folder.mailbox) as client:
        names = pop3.uidls(client)
        known = InboundMail.objects.filter(mailbox=folder.mailbox_id, uidl__in=names).values_list("uidl", flat=True)
        arrived = {name: pop3.arrival(client, names[name]) for name in set(names) - set(known)}
    return Listing(pop3.VALIDITY, set(names), arrived)


def _row(folder: MailFolder, day: date, found: _Day, now: datetime) -> LedgerDay:
    statuses = {status.lower(): count for status, count in found.statuses.items()}
    return LedgerDay(
        mailbox_id=folder.mailbox_id,
        folder=folder.name,
        day=day,
        on_server=found.on_server,
        gone=found.gone,
        waiting=found.waiting,
        by_person=found.by_person,
        missing=sorted(found.missing),
        checked_at=now,
        **statuses,
    )
