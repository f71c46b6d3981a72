"""A mail server for the demo and the tests: SMTP submission and IMAP in one process, each mailbox as on a real server.

Mail to an address of telkom.example goes to its mailbox, mail to anybody else ends in the mailbox `pelanggan`, so that
one can read what the customers got. A signed-in sender finds a copy in his folder Sent; the copy and the deliveries
are one acceptance, made before DATA is answered. Recipients in three domains play a fault, see `FAULTS`.
"""

import argparse
import asyncio
import contextlib
import re
import signal
import sys
import time
import warnings
from argparse import Namespace
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from email.parser import HeaderParser
from email.utils import formatdate, getaddresses
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pymap.backend.dict import Config, DictBackend
from pymap.backend.dict.filter import FilterSet
from pymap.imap import IMAPService
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

from tenesa.launch.commands import MAIL_NAME
from tenesa.launch.mailstore import Store, StoredMailbox, StoredMailboxSet, accept

DOMAIN = "telkom.example"
PASSWORD = "rahasia"  # noqa: S105 - a demo mailbox holds invented mail only
ACCOUNTS = ("tenesa", "dcs-care", "dbs-request", "pelanggan")
CUSTOMERS = "pelanggan"
LARGEST_MAIL = 40 * 2**20
FAULTS: Mapping[str, str] = {
    "tolak.example": "550 5.1.1 No such mailbox",
    "penuh.example": "452 4.2.2 Mailbox full, try again later",
}
SLOW_DOMAIN = "lambat.example"  # accepts, then answers after SLOW_SECONDS: time to kill the sender in between
SLOW_SECONDS = 5


class Mailboxes:
    """Every account with its folders. In the open mode an account comes into being when it is first named."""

    def __init__(self, store: Store, config: Config, backend: DictBackend, *, open_mode: bool) -> None:
        self.store = store
        self._config = config
        self._backend = backend
        self._open_mode = open_mode
        self._sets: dict[str, StoredMailboxSet] = {}
        for user in {*ACCOUNTS, *store.users()}:
            self._create(user)

    def of_user(self, name: str) -> StoredMailboxSet | None:
        user = name.strip().lower().removesuffix(f"@{DOMAIN}")
        if user not in self._sets and self._open_mode and user:
            self._create(user)
        return self._sets.get(user)

    def of_address(self, address: str) -> StoredMailboxSet | None:
        """None when our own domain has no such mailbox."""
        local, _, domain = address.strip().lower().rpartition("@")
        return self.of_user(local) if domain == DOMAIN else self._sets[CUSTOMERS]

    def _create(self, user: str) -> None:
        folders = self._sets[user] = StoredMailboxSet(self.store, user)
        for name in (user, f"{user}@{DOMAIN}"):
            self._backend.login.users_dict[name] = UserMetadata(self._config, name, password=PASSWORD)
            self._config.set_cache[name] = (folders, FilterSet())


class Submission:
    """aiosmtpd's handler: who may send to whom, and the moment of acceptance."""

    def __init__(self, mailboxes: Mailboxes) -> None:
        self._mailboxes = mailboxes

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        folders = self._mailboxes.of_user(data.login.decode("utf-8", "replace"))
        if folders is None or data.password != PASSWORD.encode():
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True, auth_data=folders)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        domain = address.rpartition("@")[2].lower()
        if domain in FAULTS:
            return FAULTS[domain]
        if self._mailboxes.of_address(address) is None:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.original_content or b""
        trace = _trace(session, envelope)
        copies: dict[int, tuple[StoredMailbox, bytes]] = {}
        for address in envelope.rcpt_tos:
            folders = self._mailboxes.of_address(address)
            if folders is not None:
                copies[folders.inbox.id] = (folders.inbox, trace + raw)
        sender: Any = session.auth_data if session.authenticated else None
        if isinstance(sender, StoredMailboxSet):
            copies[sender.sent.id] = (sender.sent, raw)
        accept(self._mailboxes.store, list(copies.values()))
        if any(address.lower().endswith(f"@{SLOW_DOMAIN}") for address in envelope.rcpt_tos):
            await asyncio.sleep(SLOW_SECONDS)
        return "250 2.0.0 Accepted"


class Server(SMTP):
    line_length_limit = 2**20  # real mail has lines beyond the 998 characters of RFC 5321


def _verdict(envelope: Envelope) -> list[str]:
    """Authentication-Results, by which a receiving server says whether the author's domain sent a mail (RFC 8601).

    No DNS knows our invented domains, so here a domain sends for itself: who names one in From is believed where the
    envelope names the same, and nothing is said of anybody else.
    """
    head = (envelope.original_content or b"")[: 2**20].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    froms = HeaderParser().parsestr(head.decode("utf-8", "replace")).get_all("From", [])
    authors = {address.rpartition("@")[2].strip().lower() for _name, address in getaddresses(froms) if "@" in address}
    sent = (envelope.mail_from or "").rpartition("@")[2].lower()
    spf, dmarc = ("pass" if sent else "none"), ("pass" if sent and authors == {sent} else "none")
    author = min(authors) if len(authors) == 1 else ""
    return [
        f"Authentication-Results: {MAIL_NAME}; spf={spf} smtp.mailfrom={_token(sent)};",
        f"\tdmarc={dmarc} header.from={_token(author)}",
    ]


def _token(domain: str) -> str:
    return domain if domain and re.fullmatch(r"[\w.-]{1,200}", domain) else "unknown"


def _trace(session: Session, envelope: Envelope) -> bytes:
    """What a receiving server writes on top of a mail."""
    peer = session.peer[0] if isinstance(session.peer, tuple) else "local"
    protocol = "ESMTPA" if session.authenticated else "ESMTP"
    lines = [
        f"Return-Path: <{envelope.mail_from or ''}>",
        *_verdict(envelope),
        f"Received: from {session.host_name or 'unknown'} ([{peer}])",
        f"\tby {MAIL_NAME} with {protocol}; {formatdate(localtime=True)}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")


async def serve(host: str, imap: int, smtp: int, data: str, *, open_mode: bool, durable: bool) -> None:
    started = time.monotonic()
    store = Store(data, durable=durable)
    backend, config = await DictBackend.init(_pymap_options(host, imap), hash_context=Cleartext())
    config.apply_context()
    mailboxes = Mailboxes(store, config, backend, open_mode=open_mode)
    if open_mode:
        _create_on_login(backend, mailboxes)
    handler = Submission(mailboxes)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stopped.set)

    def connection() -> SMTP:
        return Server(
            handler,
            hostname=MAIL_NAME,
            ident="TENESA demo mail",
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            authenticator=handler.authenticate,
            auth_require_tls=False,
            loop=loop,
        )

    async with AsyncExitStack() as stack:
        await backend.start(stack)
        await IMAPService(backend, config).start(stack)
        listener = await loop.create_server(connection, host, smtp)
        print(f"ready: IMAP {host}:{imap}, SMTP {host}:{smtp}, {time.monotonic() - started:.2f} s", flush=True)  # noqa: T201
        await stopped.wait()
        listener.close()
        # Sessions that wait in IDLE would hold up the exit.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stack.pop_all().aclose(), 0.5)
    store.close()


def _create_on_login(backend: DictBackend, mailboxes: Mailboxes) -> None:
    authenticate = backend.login.authenticate

    async def create_first(credentials: Any) -> Any:
        mailboxes.of_user(credentials.authcid)
        return await authenticate(credentials)

    backend.login.authenticate = create_first  # type: ignore[method-assign]


def _pymap_options(host: str, port: int) -> Namespace:
    """What pymap's own command line would have given."""
    return Namespace(
        debug=False,
        host=host,
        port=port,
        cert=None,
        key=None,
        tls=False,
        demo_data=False,
        demo_user=CUSTOMERS,
        demo_password=PASSWORD,
        proxy_protocol=None,
        passlib_cfg=None,
        insecure_login=True,
        skip_services=[],
        inherited_sockets=None,
    )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tenesa.launch.mailserver", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--imap", type=int, default=1143, metavar="PORT")
    parser.add_argument("--smtp", type=int, default=1025, metavar="PORT")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--data", metavar="FILE", help="SQLite file that keeps the mail")
    where.add_argument("--memory", action="store_const", dest="data", const=":memory:", help="keep nothing")
    parser.add_argument("--open", action="store_true", help="any name of the domain is a mailbox (tests)")
    parser.add_argument("--fast", action="store_true", help="a power cut may lose mail (tests)")
    options = parser.parse_args(argv)
    warnings.filterwarnings("ignore", "Session.login_data is deprecated")  # aiosmtpd's own use of it
    asyncio.run(
        serve(options.host, options.imap, options.smtp, options.data, open_mode=options.open, durable=not options.fast)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
