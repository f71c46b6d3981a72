"""The IMAP server, seen from us: read what is new, move what was filed, look into the sent folder."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import date, datetime

from django.conf import settings
from imapclient import SEEN, IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError
from imapclient.imapclient import SENT

from tenesa.mail import signin
from tenesa.mail.models import Mailbox, MailFolder
from tenesa.mail.values import Fetched

logger = logging.getLogger(__name__)
BATCH = 50
BATCH_BYTES = 20 * 2**20
BEGINNING = 64 * 2**10  # what is kept of a mail that is too large
_TIMEOUT = SocketTimeout(connect=10, read=60)
_TRIES_ALONE = 2


class Unavailable(Exception):
    """The server cannot be reached, refuses the sign-in, or lacks the folder; the text says which."""


@contextlib.contextmanager
def session(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """A signed-in connection; every failure of server or network leaves it as Unavailable."""
    client = None
    try:
        client = IMAPClient(mailbox.imap_host, mailbox.imap_port, ssl=mailbox.imap_ssl, timeout=_TIMEOUT)
        client.normalise_times = False
        _sign_in(client, mailbox)
        yield client
    except (IMAPClientError, OSError, signin.NoToken) as error:
        raise Unavailable(f"{mailbox.imap_host}: {str(error) or type(error).__name__}") from error
    finally:
        if client is not None:
            with contextlib.suppress(IMAPClientError, OSError):
                client.logout()


def _sign_in(client: IMAPClient, mailbox: Mailbox) -> None:
    if not signin.uses_token(mailbox):
        client.login(mailbox.username, mailbox.password)
        return
    try:
        client.oauth2_login(mailbox.username, signin.access_token(mailbox))
    except LoginError:  # revoked before its time
        signin.forget_token(mailbox)
        client.oauth2_login(mailbox.username, signin.access_token(mailbox))


def open_folder(client: IMAPClient, folder: str, *, readonly: bool = True) -> int:
    """Open a folder, read-only so that nothing we do can change a flag; returns its UIDVALIDITY."""
    return int(client.select_folder(folder, readonly=readonly)[b"UIDVALIDITY"])


def uids_after(client: IMAPClient, last: int) -> list[int]:
    """New UIDs, ascending. `n:*` names the last mail even when it is older than n, hence the filter."""
    return sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)


def read(folder: MailFolder) -> Generator[tuple[int, list[Fetched]], None, None]:
    """(UIDVALIDITY, mails) of everything behind the cursor, in batches.

    A batch that the server chokes on is asked for mail by mail, each over a line of its own, so that one poison mail
    holds up nothing: it comes without content, and the next reading goes on behind it.
    """
    with session(folder.mailbox) as client:
        uid_validity = open_folder(client, folder.name)
        last = folder.last_uid if folder.uid_validity == uid_validity else 0
        parts = list(_parts(client, uids_after(client, last)))
        while parts:
            try:
                got = fetch(client, parts[0])
            except (IMAPClientError, OSError) as error:
                logger.warning("%s: a batch of %s mails failed: %s", folder, len(parts[0]), error)
                break
            if got:
                yield uid_validity, got
            parts.pop(0)
    if parts:
        yield uid_validity, [mail for uid in parts[0] if (mail := fetch_alone(folder, uid_validity, uid))]


def _parts(client: IMAPClient, uids: list[int]) -> Iterator[dict[int, int]]:
    """UIDs with their sizes, in parts bounded by number and by bytes; a mail that is too large counts as its start."""
    part: dict[int, int] = {}
    volume = 0
    for uid, size in _sizes(client, uids):
        weight = min(size, BEGINNING) if size > settings.MAIL_MAX_BYTES else size
        if part and (len(part) == BATCH or volume + weight > BATCH_BYTES):
            yield part
            part, volume = {}, 0
        part[uid] = size
        volume += weight
    if part:
        yield part


def _sizes(client: IMAPClient, uids: list[int]) -> Iterator[tuple[int, int]]:
    for start in range(0, len(uids), 500):
        chunk = uids[start : start + 500]
        answers = client.fetch(chunk, ["RFC822.SIZE"])
        # one that is missing was expunged between the search and now
        yield from ((uid, int(answers[uid].get(b"RFC822.SIZE", 0))) for uid in chunk if uid in answers)


def fetch(client: IMAPClient, sizes: dict[int, int]) -> list[Fetched]:
    """The mails, ascending; one that the server lists but does not give has no content."""
    limit = settings.MAIL_MAX_BYTES
    whole = [uid for uid, size in sizes.items() if size <= limit]
    large = [uid for uid, size in sizes.items() if size > limit]
    answers = dict(client.fetch(whole, ["BODY.PEEK[]", "INTERNALDATE"])) if whole else {}
    if large:
        answers |= client.fetch(large, [f"BODY.PEEK[]<0.{BEGINNING}>", "INTERNALDATE"])
    found = []
    for uid, size in sorted(sizes.items()):
        if answer := answers.get(uid):
            content = answer.get(b"BODY[]") or answer.get(b"BODY[]<0>") or b""
            whole_size = size if size > limit else 0
            found.append(Fetched(uid, content, whole_size=whole_size, arrived_at=answer.get(b"INTERNALDATE")))
    return found


def fetch_alone(folder: MailFolder, uid_validity: int, uid: int) -> Fetched | None:
    """One mail over a connection of its own; None when it is not there any more."""
    for _try in range(_TRIES_ALONE):
        with session(folder.mailbox) as client:
            if open_folder(client, folder.name) != uid_validity:
                return None
            try:
                sizes = dict(_sizes(client, [uid]))
                return next(iter(fetch(client, sizes)), None)
            except (IMAPClientError, OSError) as error:
                logger.warning("%s: mail %s is not given: %s", folder, uid, error)
    return Fetched(uid, b"")


# --- what the server lists --------------------------------------------------------------------------------------------
def listed(client: IMAPClient, since: date | None) -> set[int]:
    """The UIDs in the open folder, of mails that came on a day or later."""
    return {int(uid) for uid in client.search(["SINCE", since] if since else ["ALL"])}


def arrivals(client: IMAPClient, uids: Iterable[int]) -> dict[int, datetime]:
    wanted = sorted(uids)
    answers = client.fetch(wanted, ["INTERNALDATE"]) if wanted else {}
    return {uid: answers[uid][b"INTERNALDATE"] for uid in wanted if b"INTERNALDATE" in answers.get(uid, {})}


# --- after filing -----------------------------------------------------------------------------------------------------
def move(folder: MailFolder, uids: Sequence[int]) -> None:
    """Move mails on the server; without MOVE nothing happens there, because copy and delete could lose one."""
    with session(folder.mailbox) as client:
        if not client.has_capability("MOVE"):
            raise Unavailable(f"{folder.mailbox.imap_host}: no MOVE, mails stay in {folder.name}")
        if not client.folder_exists(folder.move_to):
            client.create_folder(folder.move_to)
        if open_folder(client, folder.name, readonly=False) != folder.uid_validity:
            return  # other mails carry these numbers by now
        client.move(list(uids), folder.move_to)


# --- the sent folder --------------------------------------------------------------------------------------------------
def find_sent(mailbox: Mailbox, message_id: str) -> bool:
    """Does a sent folder hold a mail with this Message-ID? Both are looked into: the named one and the marked one."""
    with session(mailbox) as client:
        for name in _sent_folders(client, mailbox):
            open_folder(client, name)
            if client.search(["HEADER", "Message-ID", message_id]):
                return True
    return False


def append_sent(mailbox: Mailbox, content: bytes) -> None:
    """Put a copy of a sent mail into the sent folder, making the folder where there is none."""
    with session(mailbox) as client:
        name = next(iter(_sent_folders(client, mailbox)), None)
        if name is None:
            client.create_folder(mailbox.sent_folder)
        client.append(name or mailbox.sent_folder, content, flags=[SEEN])


def _sent_folders(client: IMAPClient, mailbox: Mailbox) -> list[str]:
    """The folder of the mailbox's settings, then the one that the server marks as its own (SPECIAL-USE, RFC 6154):
    Gmail's and Microsoft's have another name in every language."""
    folders = {name: flags for flags, _delimiter, name in client.list_folders()}
    named = [mailbox.sent_folder] if mailbox.sent_folder in folders else []
    return named + [name for name, flags in folders.items() if SENT in flags and name not in named]
