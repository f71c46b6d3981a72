"""No name of the code is shown to a person: in no page, no file that leaves, no title and no label for a screen reader.

Pages are found as a person finds them, from link to link. What counts is what can be read or heard: text, titles,
labels and placeholders; ids, addresses and values of forms are the machine's.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone
from pytest_django import Settings

from caring.models import CaringResult
from tenesa.accounts.models import Membership, User
from tenesa.accounts.roles import HUMAN_ROLES, Role
from tenesa.mail import templating
from tenesa.reporting import measuring, registry
from tenesa.timers import targets
from tenesa.workspace.desk import desks
from tests import factories
from tests.caring import desk as caring
from tests.caring import results
from tests.pending import desk as pending
from tests.reporting.walks import Walk
from tests.tickets.watched import watched
from tests.ui.test_frame import signed_in
from tests.vvip import desk as calls
from tests.workspace.rooms import Room
from tests.workspace.test_page_cost import full
from tests.workspace.worked import WORK, people

pytestmark = pytest.mark.django_db
READABLE = {"title", "aria-label", "placeholder", "alt", "aria-description"}
SILENT = {"script", "style", "code", "kbd"}
CODE = re.compile(r"(?<![\w{./@?=&-])(?:[a-z]+(?:_[a-z0-9]+)+|[A-Z]{2,}[A-Z0-9]*(?:_[A-Z0-9]+)+)(?![\w}@(/=-])")
TWICE = 2  # pages of one kind that are looked at
ALLOWED: set[str] = set()


class Page(HTMLParser):
    """What of a page can be read or heard, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._silent = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.words += [given[name] or "" for name in READABLE & given.keys()]
        self.links += [given[name] or "" for name in ("href", "hx-get") if name in given]
        self._silent += tag in SILENT

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def names() -> set[str]:
    """Names of our own that would not be taken for a word: of states, steps, clocks, mails and figures."""
    found = {name for desk in desks() for name in (*desk.steps, *desk.labels)}
    found |= {one.name for known in targets.clocks.values() for one in known.defaults}
    found |= {*templating.names(), *(kpi.slug for one in registry.procedures for kpi in one.kpis)}
    found |= {role.value for role in Role}
    for model in apps.get_models():
        for column in model._meta.get_fields():
            found |= {str(value) for value, _label in getattr(column, "flatchoices", None) or ()}
    return {name for name in found if re.search(r"[_-]", name)}


def world() -> User:
    everybody = people()
    for desk in desks():
        room = Room(desk, everybody)
        room.open()
        room.lead_on(room.open())
    rini, ujang, qco = everybody[Role.AGENT_EMAIL], everybody[Role.TELKOM_UNIT], everybody[Role.QCO]
    full(watched(rini), rini)
    Walk(rini).information().close()
    pending.pended(rini, ujang, "IN10480006")
    caring.in_call(caring.person("citra", Role.AGENT_CARING))
    sees_all: User = everybody[Role.SUPERVISOR]
    for membership in Membership.objects.exclude(role__in=[Role.TELKOM_UNIT, Role.API_CLIENT]).distinct("team", "role"):
        Membership.objects.get_or_create(user=sees_all, team=membership.team, role=membership.role)
    sees_all.is_staff = sees_all.is_superuser = True
    sees_all.save()
    measuring.measure_new()
    return User.objects.get(pk=sees_all.pk)


def walk(browser: Client) -> Iterator[tuple[str, Any]]:
    """Every page that links lead to, each kind a few times."""
    pending_links, seen, kinds = deque(["/"]), {"/"}, Counter[tuple[str, ...]]()
    while pending_links:
        address = pending_links.popleft()
        answer = browser.get(address, follow=True)
        yield address, answer
        if "html" not in answer.get("Content-Type", ""):
            continue
        for link in Page(answer.content.decode()).links:
            to = urldefrag(urljoin(address, link))[0]
            parts = urlsplit(to)
            if parts.netloc or to in seen or parts.path.startswith(("/static", "/accounts/logout")):
                continue
            seen.add(to)
            try:
                route = resolve(parts.path).route
            except Resolver404:
                continue
            if route.endswith(("delete/", "history/")):
                continue
            kind = (route, *(value for name, value in parse_qsl(parts.query) if name == "view"))
            kinds[kind] += 1
            if kinds[kind] <= (1 if route.startswith("admin") else TWICE):
                pending_links.append(to)


def words_of(answer: Any) -> list[str]:
    kind = answer.get("Content-Type", "")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "spreadsheet" in kind:
        with ZipFile(BytesIO(content)) as book:
            texts = [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]
        return re.findall(r"<t[^>]*>([^<]*)</t>", "".join(texts))
    if "html" in kind:
        return Page(content.decode()).words
    return [content.decode(errors="replace")] if "csv" in kind or "plain" in kind else []


def test_no_page_and_no_file_shows_a_name_of_the_code(settings: Settings) -> None:
    import time, sys
    settings.MAIL_UNDO_SECONDS = 0
    settings.LANGUAGE_CODE = "id"
    t=time.time()
    browser = signed_in(world())
    print("world", time.time()-t, file=sys.stderr)
    known, n = names(), 0
    shown: dict[str, set[str]] = {}
    routes=Counter()
    for address, answer in walk(browser):
        n += 1
        if n > 900: break
        routes[re.sub(r"\d+","N",address.split("?")[0])]+=1
        for words in words_of(answer):
            for name in {*CODE.findall(words), *known.intersection(re.findall(r"[\w-]+", words))} - ALLOWED:
                shown.setdefault(name, set()).add(f"{address} …{words.strip()[:60]}")
    print("pages", n, time.time()-t, file=sys.stderr)
    for name, where in sorted(shown.items()): print(name, len(where), sorted(where)[:3], file=sys.stderr)
    open("/tmp/words/routes.txt","w").write("\n".join(f"{k} {v}" for k,v in sorted(routes.items())))
    assert not shown
