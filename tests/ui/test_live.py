"""Live updates by a real web process over the real Redis: who hears what, and nobody misses anything for good."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException, HTTPResponse

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.launch import commands
from tenesa.launch.process import wait_until
from tenesa.launch.rundir import answers
from tenesa.ui import live
from tenesa.ui.hub import QUEUE, RESYNC_EVENT, Message, Page
from tenesa.ui.viewing import here, left, viewers
from tenesa.workflow.perform import perform
from tests import factories
from tests.ports import free_port
from tests.services import services

NAME = "tenesa-live-test"  # of the web process's sessions at the database


class Web:
    """The web process as `make run` starts it, on the database of the running test."""

    def __init__(self) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = {**services.environment(), "PGAPPNAME": NAME}
        self.start()

    def start(self) -> None:
        self.process = services.spawn("web", commands.web("127.0.0.1", self.port), self.environment)
        wait_until(lambda: answers(self.port), self.process, name="The web process", log=services.log("web"))

    def kill(self) -> None:
        services.kill(self.process)

    def end(self) -> None:
        """Killed, and forgotten by the database, which is dropped after the test."""
        self.kill()
        wait_until(lambda: not _sessions(), None, name="The database", log=services.log("web"))

    def session(self, user: User) -> str:
        client = Client()
        client.force_login(user)
        return client.cookies[settings.SESSION_COOKIE_NAME].value


def _sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s", [NAME]
        )
        return int(cursor.fetchone()[0])


class Ear:
    """One open stream; `hears` waits for the next event that carries the words."""

    def __init__(self, web: Web, user: User | None, watch: str = "case", since: str = "", last: str = "") -> None:
        self.lines: queue.Queue[str] = queue.Queue()
        self.connection = HTTPConnection("127.0.0.1", web.port, timeout=60)
        headers = {"Last-Event-ID": last} if last else {}
        if user:
            headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={web.session(user)}"
        self.connection.request("GET", f"{reverse('events')}?watch={watch}&since={since}", headers=headers)
        self.response: HTTPResponse = self.connection.getresponse()
        self.last = last
        if self.response.status == 200:
            threading.Thread(target=self._listen, daemon=True).start()
        else:
            self.connection.close()

    def _listen(self) -> None:
        try:
            for line in self.response:
                self.lines.put(line.decode().strip())
        except (OSError, HTTPException):
            pass
        finally:
            self.response.close()
            self.connection.close()
            self.lines.put("END")

    def hears(self, words: str, seconds: float = 20) -> list[str]:
        """The lines up to the one with these words."""
        heard: list[str] = []
        while True:
            try:
                line = self.lines.get(timeout=seconds)
            except queue.Empty:
                raise AssertionError(f"{words!r} did not come: {heard}") from None
            heard.append(line)
            if line.startswith("id: "):
                self.last = line[4:]
            if words in line:
                return heard


@pytest.fixture
def web(transactional_db: None) -> Iterator[Web]:
    started = Web()
    yield started
    started.end()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_pages_hear_what_concerns_them_and_catch_up_after_every_cut(web: Web, rini: User, asing: User) -> None:
    assert Ear(web, None).response.status == 204
    far = "9999999999999"
    agent, stranger, elsewhere = Ear(web, rini, since=far), Ear(web, asing, since=far), Ear(web, rini, "people", far)
    for ear in (agent, stranger, elsewhere):
        ear.hears("retry:")
    case = factories.opened()
    name = live.name_of(case)
    agent.hears(f"case {name} all queue")
    agent.hears('"/cases/?view=queue": [1, ""]')
    perform(case, "take", actor=rini)
    agent.hears(f"case {name} all mine:{rini.pk}")
    agent.hears('"/cases/?view=mine": [1, ""], "/cases/?view=queue": [0, ""]')
    live.tell("people", "1")
    assert not [line for line in elsewhere.hears("people 1") if name in line]
    live.tell("case", "to-all")
    assert not [line for line in stranger.hears("case to-all") if name in line]

    agent.hears("case to-all")
    web.kill()  # the server goes; what happens meanwhile is told when the page comes again
    for ear in (agent, stranger, elsewhere):
        ear.hears("END")
    perform(case, "release", actor=rini)
    web.start()
    again = Ear(web, rini, last=agent.last)
    assert not [line for line in again.hears(f"case {name} all queue") if "resync" in line]
    late = Ear(web, rini, last="1-1")
    late.hears("event: resync")  # older than what is kept

    services.stop_redis()  # Redis goes: pages are told to poll, and then that they missed something
    try:
        again.hears("event: cut")
        live.tell("case", "lost")
    finally:
        services.start_redis()
    again.hears("event: back")
    again.hears("event: resync")
    live.tell("case", "found")
    again.hears("case found")
    web.kill()
    for ear in (again, late):
        ear.hears("END")


def test_where_no_stream_can_be_served_the_browser_is_told_to_poll(db: None) -> None:
    assert Client().get(reverse("events")).status_code == 204


def test_a_page_that_does_not_read_is_told_to_fetch_all(rini: User) -> None:
    page = Page(rini, frozenset({"case"}))
    for number in range(QUEUE + 2):
        page.put(str(number).encode())
    assert list(page.pending) == [RESYNC_EVENT, str(QUEUE + 1).encode()]


def test_it_tells_of_a_case_only_to_those_who_may_know_of_it(asing: User, db: None) -> None:
    factories.person("sri", Role.TEAM_LEADER, area="SMG")
    page = Page(User.objects.get(username="sri"), frozenset({"case"}))
    told = [Message.of("1-1", {"what": "case x:1", "desk": "TENESA", "area": area}) for area in ("SMG", "", "BDG")]
    assert [page.concerned_by(message) for message in told] == [True, True, False]
    assert not Page(asing, frozenset({"case"})).concerned_by(told[0])


def test_it_knows_who_else_is_at_a_case(rini: User, dewi: User) -> None:
    case = factories.opened()
    here(case, rini, writes=True)
    here(case, dewi, writes=False)
    seen = viewers(case.procedure_name(), [case.pk], but=dewi)
    assert [(viewer.name, viewer.writes) for viewer in seen[case.pk]] == [(str(rini), True)]
    left(case, rini)
    assert viewers(case.procedure_name(), [case.pk], but=dewi) == {}
