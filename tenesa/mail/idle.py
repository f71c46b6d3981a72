"""Waiting for mail: a line to each folder on which the server says at once that something came (IMAP IDLE).

A word from the server only makes us read, as the poll does; when the line is down the poll goes on alone.
"""

from __future__ import annotations

import logging
import random
import threading
import time

from django.db import Error as DatabaseProblem
from django.db import close_old_connections, connections
from imapclient import IMAPClient

from tenesa.mail import imap, polling
from tenesa.mail.models import Mailbox, MailFolder

logger = logging.getLogger(__name__)
RENEW = 240.0  # seconds after which IDLE is begun anew: routers forget quiet lines, servers after half an hour
LOOK = 10.0  # seconds between looks at which folders there are
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
WITHOUT_IDLE = 300.0


class Watcher(threading.Thread):
    """One folder, until it is told to end."""

    def __init__(self, folder: MailFolder) -> None:
        super().__init__(name=f"watch {folder}", daemon=True)
        self.folder = folder
        self.ended = threading.Event()

    def run(self) -> None:
        failures = 0
        while not self.ended.is_set():
            began = time.monotonic()
            try:
                self._watch()
                failures = 0
            except (imap.Unavailable, DatabaseProblem) as error:
                failures = 0 if time.monotonic() - began > 60 else failures
                pause = PAUSES[min(failures, len(PAUSES) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311 - spreads reconnects
                failures += 1
                logger.warning("%s: %s; again in %.0f s", self.folder, error, pause)
                close_old_connections()
                self.ended.wait(pause)
            except Exception:
                logger.exception("%s", self.folder)
                self.ended.wait(PAUSES[-1])
        connections.close_all()

    def _watch(self) -> None:
        with imap.session(self.folder.mailbox) as client:
            if not client.has_capability("IDLE"):
                self.ended.wait(WITHOUT_IDLE)
                return
            imap.open_folder(client, self.folder.name)
            while not self.ended.is_set():
                self._listen(client)

    def _listen(self, client: IMAPClient) -> None:
        """The line is listening before we read, so nothing comes unheard between the two; reading has its own line."""
        client.idle()
        self._read()
        until = time.monotonic() + RENEW
        while not self.ended.is_set() and time.monotonic() < until:
            if _news(client.idle_check(timeout=0.5)):
                self._read()
        client.idle_done()

    def _read(self) -> None:
        """Another worker that is reading this folder may have looked before the mail came: so until it is ours."""
        while not self.ended.is_set():
            close_old_connections()
            with polling.only_one(self.folder) as free:
                pass
            if free:
                polling.poll_folder(self.folder)
                return
            self.ended.wait(0.2)


def _news(said: list[tuple[object, ...]]) -> bool:
    return any(len(answer) > 1 and answer[1] in {b"EXISTS", b"RECENT"} for answer in said)


class Watch:
    """All watchers; folders come and go while it runs."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self._watchers: dict[tuple[int, str], Watcher] = {}

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                self.look()
            except DatabaseProblem as error:
                logger.warning("folders not read: %s", error)
                close_old_connections()
            self.ended.wait(LOOK if self._watchers else 1.0)
        for watcher in self._watchers.values():
            watcher.ended.set()
        for watcher in self._watchers.values():
            watcher.join(3)

    def look(self) -> None:
        close_old_connections()
        boxes = Mailbox.objects.filter(active=True, protocol=Mailbox.Protocol.IMAP).prefetch_related("folders")
        wanted = {_key(mailbox, folder): folder for mailbox in boxes for folder in mailbox.folders_to_read()}
        for key in self._watchers.keys() - wanted.keys():
            self._watchers.pop(key).ended.set()
        for key, folder in wanted.items():
            if key not in self._watchers or not self._watchers[key].is_alive():
                self._watchers[key] = Watcher(folder)
                self._watchers[key].start()


def _key(mailbox: Mailbox, folder: MailFolder) -> tuple[int, str]:
    """A folder whose server or sign-in was changed is watched anew."""
    where = (mailbox.imap_host, mailbox.imap_port, mailbox.imap_ssl, mailbox.username, mailbox.password)
    return folder.pk, repr((*where, mailbox.sign_in, folder.name))
