"""POP3 for servers that speak nothing else. A mail is known by its UIDL; nothing is ever deleted there."""

from __future__ import annotations

import base64
import contextlib
import poplib
from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from tenesa.mail import signin
from tenesa.mail.imap import BATCH, BATCH_BYTES, Unavailable
from tenesa.mail.models import Mailbox, MailFolder
from tenesa.mail.values import Fetched

VALIDITY = 0  # POP3 has none
_TIMEOUT = 60.0
_LONGEST_LINE = 2**20
_LINES_OF_BEGINNING = 500


class _AnyLine:
    """The library refuses lines beyond 2048 bytes; real mail has them."""

    file: Any

    def _getline(self) -> tuple[bytes, int]:
        line = self.file.readline(_LONGEST_LINE)
        if not line:
            raise poplib.error_proto("-ERR EOF")
        return line.removesuffix(b"\n").removesuffix(b"\r"), len(line)


class _Pop3(_AnyLine, poplib.POP3):
    pass


class _Pop3OverTls(_AnyLine, poplib.POP3_SSL):
    pass


@contextlib.contextmanager
def session(mailbox: Mailbox) -> Iterator[poplib.POP3]:
    """A signed-in connection; every failure of server or network leaves it as Unavailable."""
    client: poplib.POP3 | None = None
    try:
        kind = _Pop3OverTls if mailbox.imap_ssl else _Pop3
        client = kind(mailbox.imap_host, mailbox.imap_port, timeout=_TIMEOUT)
        if signin.uses_token(mailbox):
            _token_sign_in(client, mailbox)
        else:
            client.user(mailbox.username)
            client.pass_(mailbox.password)
        yield client
    except (poplib.error_proto, OSError, signin.NoToken) as error:
        raise Unavailable(f"{mailbox.imap_host}: {_words(error)}") from error
    finally:
        if client is not None:
            with contextlib.suppress(poplib.error_proto, OSError):
                client.quit()


def _token_sign_in(client: Any, mailbox: Mailbox) -> None:
    try:
        _offer_token(client, mailbox)
    except poplib.error_proto:  # revoked before its time
        signin.forget_token(mailbox)
        _offer_token(client, mailbox)


def _offer_token(client: Any, mailbox: Mailbox) -> None:
    """A server that refuses says why in a challenge ("+ …"), which wants an empty answer before "-ERR" comes."""
    offer = signin.xoauth2(mailbox, signin.access_token(mailbox))
    client._shortcmd("AUTH XOAUTH2")
    answer = client._shortcmd(base64.b64encode(offer.encode()).decode())
    if not answer.startswith(b"+OK"):
        client._shortcmd("")
        raise poplib.error_proto(answer)


def read(
    folder: MailFolder, known: Callable[[list[str]], set[str]]
) -> Generator[tuple[int, list[Fetched]], None, None]:
    """(VALIDITY, mails) of everything that the ledger does not know, in batches, numbered behind the cursor."""
    with session(folder.mailbox) as client:
        names = uidls(client)
        seen = known(list(names))
        sizes = _sizes(client)
        uid, batch, volume = folder.last_uid, [], 0
        for name, number in names.items():
            if name in seen:
                continue
            uid += 1
            mail = _fetch(client, number, sizes.get(number, 0), uid, name)
            batch.append(mail)
            volume += len(mail.content)
            if len(batch) == BATCH or volume > BATCH_BYTES:
                yield VALIDITY, batch
                batch, volume = [], 0
        if batch:
            yield VALIDITY, batch


def uidls(client: poplib.POP3) -> dict[str, int]:
    """UIDL to message number of this session; the same UIDL twice is the same mail."""
    _answer, lines, _size = client.uidl()
    found: dict[str, int] = {}
    for line in lines:
        number, _space, name = line.decode("ascii", "replace").partition(" ")
        if number.isdecimal() and name.strip():
            found.setdefault(name.strip()[:70], int(number))
    return found


def arrival(client: poplib.POP3, number: int) -> datetime:
    """By the newest Received line; now, where there is none."""
    try:
        return _received_at(b"\r\n".join(client.top(number, 0)[1]))
    except poplib.error_proto:
        return timezone.now()


def _sizes(client: poplib.POP3) -> dict[int, int]:
    lines = [line.split() for line in client.list()[1]]
    return {int(parts[0]): int(parts[1]) for parts in lines if len(parts) > 1}


def _fetch(client: poplib.POP3, number: int, size: int, uid: int, uidl: str) -> Fetched:
    """A mail that the server lists but refuses has no content; a line that breaks is another matter."""
    large = size > settings.MAIL_MAX_BYTES
    try:
        lines = client.top(number, _LINES_OF_BEGINNING)[1] if large else client.retr(number)[1]
    except poplib.error_proto as error:
        if not _words(error).startswith("-ERR") or "EOF" in _words(error):
            raise
        return Fetched(uid, b"", uidl=uidl)
    content = b"".join(line + b"\r\n" for line in lines)
    return Fetched(uid, content, whole_size=size if large else 0, arrived_at=_received_at(content), uidl=uidl)


def _received_at(head: bytes) -> datetime:
    try:
        newest = BytesHeaderParser().parsebytes(head[:65536]).get_all("Received", [])[0]
        moment = parsedate_to_datetime(str(newest).rpartition(";")[2].strip())
    except (IndexError, ValueError, TypeError):
        return timezone.now()
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment, timezone.get_default_timezone())


def _words(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    return first.decode("utf-8", "replace") if isinstance(first, bytes) else str(error) or type(error).__name__
