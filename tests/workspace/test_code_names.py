"""No name of the code is shown to a person: in no page, no file that leaves, no title and no label for a screen reader.

Pages are found as a person finds them, from link to link. What counts is what can be read or heard: text, titles,
labels and placeholders; ids, addresses and values of forms are the machine's.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urljoin, urlsplit
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from pytest_django import Settings

from caring.dapros import quotas
from caring.models import Difference, Reconciliation
from tenesa.accounts.models import Membership, Team, User
from tenesa.accounts.roles import Role
from tenesa.documents import supplied
from tenesa.documents.models import Clause, Document, Revision, Term
from tenesa.incidents.models import STATUS_WORDS
from tenesa.mail import templating, titles
from tenesa.reporting import measuring, registry, selectors
from tenesa.timers import targets
from tenesa.workspace.desk import desks
from tests.caring import desk as caring
from tests.caring import results
from tests.pending import desk as pending
from tests.reporting.walks import Walk
from tests.tickets.watched import watched
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import Room
from tests.workspace.test_page_cost import full
from tests.workspace.worked import People, people

pytestmark = pytest.mark.django_db
READABLE = {"title", "aria-label", "placeholder", "alt", "aria-description"}
SILENT = {"script", "style", "code", "kbd"}
CODE = re.compile(r"(?<![\w{./@?=&-])(?:[a-z]+(?:_[a-z0-9]+)+|[A-Z]{2,}[A-Z0-9]*(?:_[A-Z0-9]+)+)(?![\w}@(/=-])")
ALLOWED = {
    *STATUS_WORDS,  # NOSSA's own, which its users know
    *("tagihan_n", "tagihan_n1", "tagihan_n2", "tgl_bayar_terakhir"),  # columns of the lists that Telkom sends
    *("AGREE", "FORM"),  # of the title of F-19, which is in capitals
    "TAMARA",  # the application
    "NCLI",  # what Telkom calls the number of a customer
}


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
    """Of our states, steps, clocks, mails, figures and choices, those that nobody would take for a word."""
    found = {name for desk in desks() for name in (*desk.steps, *desk.labels)}
    found |= {one.name for known in targets.clocks.values() for one in known.defaults}
    found |= {*templating.names(), *registry.kpis(), *(role.value for role in Role)}
    for model in apps.get_models():
        for column in model._meta.get_fields():
            found |= {
                str(value)
                for value, label in getattr(column, "flatchoices", None) or ()
                if str(value) not in str(label).upper()
            }
    plain = {name for name in found if re.search(r"[_-]", name) or _is_coded(name)}
    return (plain | {desk.procedure for desk in desks()}) - ALLOWED


def _is_coded(name: str) -> bool:
    return name.isupper() and (len(name) > 3 or any(map(str.isdigit, name)))


def code_in(words: Iterable[str], known: set[str]) -> set[str]:
    text = "\n".join(words)
    return {*CODE.findall(text), *known.intersection(re.findall(r"[\w.-]*\w", text))} - ALLOWED


def world() -> People:
    """Cases of every desk, some led on, with mails, calls, checks, clocks and figures."""
    everybody = people()
    for desk in desks():
        room = Room(desk, everybody)
        room.open()
        room.lead_on(room.open())
    rini, ujang = everybody[Role.AGENT_EMAIL], everybody[Role.TELKOM_UNIT]
    full(watched(rini), rini)
    Walk(rini).information().close()
    pending.pended(rini, ujang, "IN10480006")
    _of_caring()
    supplied.load(Document, Revision, Clause, Term)
    measuring.measure_new()
    return everybody


def _of_caring() -> None:
    """A call, a list with quotas, and what the two applications say otherwise than we do."""
    citra = caring.person("citra", Role.AGENT_CARING)
    caring.in_call(citra)
    leader, today = caring.person("novita", Role.TEAM_LEADER), timezone.localdate()
    caring.prospect(campaign="CT0")
    quotas.give(leader, Team.objects.get(memberships__user=citra), 1, campaign="CT0")
    read = {"first": today, "last": today, "status": "OPEN", "read_at": timezone.now(), "closes": True}
    run = Reconciliation.objects.create(desk_id="CARING", asked_by=leader, **read)
    ours = {"fastel": "122055500001", "status": "CONTACTED", "category": "DECLINE", "reason": "NO_MONEY",
            "campaign": "CT0", "day": today.isoformat(), "amount": 25_000}  # fmt: skip
    theirs = {**ours, "status": "FOLLOW_UP", "category": "FOLLOW_UP", "reason": "CALL_BACK", "amount": 0}
    result = results.made("ENTERED", citra, prospect=caring.prospect())
    Difference.objects.create(
        reconciliation=run, system="TAMARA", kind="DIFFERENT", fields=["status", "category", "reason", "amount"],
        result=result, ours=ours, theirs=theirs, state="ASKED", owner=citra, due=today,
    )  # fmt: skip
    Difference.objects.create(reconciliation=run, system="MYCX", kind="ORPHAN", theirs=theirs)


def of_all_roles(user: User) -> User:
    """The same person with every role of every team here, who is shown what any of them is."""
    for one in Membership.objects.exclude(role__in=[Role.TELKOM_UNIT, Role.API_CLIENT]).distinct("team", "role"):
        Membership.objects.get_or_create(user=user, team=one.team, role=one.role)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return User.objects.get(pk=user.pk)


def walk(browser: Client) -> Iterator[tuple[str, list[str]]]:
    """The words of every kind of page and file that links lead to: of what has a number two, of all else one."""
    waiting, seen, kinds = deque(["/"]), {"/"}, Counter[tuple[str, ...]]()
    while waiting:
        address = waiting.popleft()
        answer = browser.get(address, follow=True)
        if "html" not in answer.get("Content-Type", ""):
            yield address, words_of(answer)
            continue
        page = Page(answer.content.decode())
        yield address, page.words
        for to in dict.fromkeys(urldefrag(urljoin(address, link))[0] for link in page.links):
            parts = urlsplit(to)
            if parts.netloc or to in seen or (route := route_of(parts.path)) is None:
                continue
            seen.add(to)
            counted = "int" in route and not route.startswith("admin")
            kind = (
                (route,) if counted else (route, *(value for name, value in parse_qsl(parts.query) if name == "view"))
            )
            kinds[kind] += 1
            if kinds[kind] <= (2 if counted else 1):
                waiting.append(to)


def route_of(path: str) -> str | None:
    """None where nothing is, and of the administration's pages that repeat another one."""
    try:
        route = resolve(path).route
    except Resolver404:
        return None
    return None if route.endswith(("delete/", "history/", "add/", "password/", "logout/")) else route


def words_of(answer: Any) -> list[str]:
    """Of a file."""
    kind = answer.get("Content-Type", "")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if "spreadsheet" in kind:
        with ZipFile(BytesIO(content)) as book:
            texts = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
        return re.findall(r"<t[^>]*>([^<]*)</t>", texts)
    return [content.decode(errors="replace")] if "csv" in kind or "plain" in kind else []


def test_no_page_and_no_file_shows_a_name_of_the_code(settings: Settings) -> None:
    settings.MAIL_UNDO_SECONDS = 0
    everybody, known = world(), names()
    unit = signed_in(everybody[Role.TELKOM_UNIT])
    browser = signed_in(of_all_roles(everybody[Role.SUPERVISOR]))
    pages = dict([*walk(unit), *walk(browser)])
    exported = (listing.slug for listing in registry.listings if listing.exportable)
    files = {slug: browser.get(reverse("reporting:list-export", args=[slug, "csv"])) for slug in exported}
    said = {**pages, **{f"{slug}.csv": words_of(answer) for slug, answer in files.items()}}
    shown = {address: found for address, words in said.items() if (found := code_in(words, known))}
    assert len(pages) > 150
    assert shown == {}


def test_no_figure_is_explained_by_a_name_of_the_code() -> None:
    known = names()
    told = {
        kpi.slug: code_in([*map(str, (kpi.label, kpi.counted, kpi.met)), selectors.source_words(kpi)], known)
        for kpi in registry.kpis().values()
    }
    assert {slug: found for slug, found in told.items() if found} == {}


def test_every_mail_has_a_name_in_words() -> None:
    assert set(titles.TITLES) == set(templating.names())
