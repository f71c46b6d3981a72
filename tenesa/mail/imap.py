"""The IMAP server, seen from us: read what is new, look into the sent folder, put a copy there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError

from tenesa.mail.models import Mailbox

BATCH = 50
BATCH_BYTES = 20 * 2**20
_TIMEOUT = SocketTimeout(connect=10, read=60)


class Unavailable(Exception):
    """The server cannot be reached, refuses the sign-in, or lacks the folder; the text says which."""


@dataclass(frozen=True)
class Fetched:
    """One mail as the server has it; `content` is empty when the server lists the mail but will not give it."""

    uid: int
    content: bytes


@contextlib.contextmanager
def session(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """A signed-in connection; every failure of server or network leaves it as Unavailable."""
    client = None
    try:
        client = IMAPClient(mailbox.imap_host, mailbox.imap_port, ssl=mailbox.imap_ssl, timeout=_TIMEOUT)
        client.login(mailbox.username, mailbox.password)
        yield client
    except (IMAPClientError, OSError) as error:
        raise Unavailable(f"{mailbox.imap_host}: {str(error) or type(error).__name__}") from error
    finally:
        if client is not None:
            with contextlib.suppress(IMAPClientError, OSError):
                client.logout()


def open_folder(client: IMAPClient, folder: str) -> int:
    """Open a folder read-only, so that nothing we do can change a flag; returns its UIDVALIDITY."""
    return int(client.select_folder(folder, readonly=True)[b"UIDVALIDITY"])


def uids_after(client: IMAPClient, last: int) -> list[int]:
    """New UIDs, ascending. `n:*` names the last mail even when it is older than n, hence the filter."""
    return sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)


def batches(client: IMAPClient, uids: list[int]) -> Iterator[list[Fetched]]:
    """The mails in batches bounded by number and by bytes, so that fifty big ones do not fill the memory."""
    for start in range(0, len(uids), BATCH):
        chunk = uids[start : start + BATCH]
        sizes = {uid: int(data.get(b"RFC822.SIZE", 0)) for uid, data in client.fetch(chunk, ["RFC822.SIZE"]).items()}
        part: list[int] = []
        volume = 0
        for uid in chunk:
            if uid not in sizes:
                continue  # expunged between the search and now
            if part and volume + sizes[uid] > BATCH_BYTES:
                yield _fetch(client, part)
                part, volume = [], 0
            part.append(uid)
            volume += sizes[uid]
        if part:
            yield _fetch(client, part)


def _fetch(client: IMAPClient, uids: list[int]) -> list[Fetched]:
    answers = client.fetch(uids, ["BODY.PEEK[]"])
    return [Fetched(uid, answers[uid].get(b"BODY[]") or b"") for uid in uids if uid in answers]


def find_sent(mailbox: Mailbox, message_id: str) -> bool:
    """Does the sent folder hold a mail with this Message-ID?"""
    with session(mailbox) as client:
        if not client.folder_exists(mailbox.sent_folder):
            return False
        open_folder(client, mailbox.sent_folder)
        return bool(client.search(["HEADER", "Message-ID", message_id]))


def append_sent(mailbox: Mailbox, content: bytes) -> None:
    """Put a copy of a sent mail into the sent folder, making the folder where it does not exist."""
    with session(mailbox) as client:
        if not client.folder_exists(mailbox.sent_folder):
            client.create_folder(mailbox.sent_folder)
        client.append(mailbox.sent_folder, content, flags=[b"\\Seen"])
