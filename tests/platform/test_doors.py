"""Whatever comes to whatever address as whatever parameter: an answer below 500, and refusals in words."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import pytest
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.documents import supplied
from tenesa.documents.models import Clause, Document, Revision, Term
from tenesa.escalation.models import Escalation
from tenesa.knowledge.models import Snippet
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.systems.models import ExternalCall, Notice
from tenesa.workflow.case import Case
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tenesa.workspace import notes
from tenesa.workspace.desk import desks
from tests import factories, nasty
from tests.nasty import ALONE, NASTIES, PATHS
from tests.pending.desk import NUMBER, ahead, asked
from tests.shares import shares
from tickets.models import EmailCase
from tickets.states import State

World = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete", "options")
# They end the session, or wait for things that are no input.
LEFT_OUT = {"logout", "admin:logout", "events", "schema"}


@pytest.fixture
def world(db: None, rini: User, bowo: User) -> World:
    """One of everything that an address may name."""
    supplied.load(Document, Revision, Clause, Term)
    case = factories.opened()
    InboundMail.objects.filter(pk=case.first_mail_id).update(procedure=case.procedure_name(), case_id=case.pk)
    case = perform(case, "take", actor=bowo)
    helped = perform(factories.opened(), "take", actor=rini)
    perform(helped, "escalate", actor=rini, data={"level": "TEAM_LEADER", "reason": "Butuh keputusan."})
    held = factories.inbound(status="QUARANTINED", reason="RuntimeError: macet")
    base = {"procedure": case.procedure_name(), "case_id": case.pk, "event": case.last_event()}
    mail = OutboundMail.objects.create(
        **base, mailbox=case.mailbox, purpose="reply", template="reply", template_version=0, subject="Re: Gangguan",
        to=["bonar@samudra.example"], text="Sedang kami kerjakan.",
    )  # fmt: skip
    call = ExternalCall.objects.create(**base, system="nossa", operation="incident", payload={}, status="DEAD")
    snippet = Snippet.objects.create(shortcut="salam", title="Salam", body="Halo", owner=bowo)
    hold = asked(bowo)
    case.lines.create(product_id="122710005432")
    notice = Notice.objects.create(system="nossa", text="Mati", until=ahead(hours=2), author=bowo)
    return {
        "/outbox/mails/": mail.pk, "/outbox/calls/": call.pk, "/mail/quarantine/": held.pk,
        "/mail/": case.first_mail_id, "/approvals/": Escalation.objects.get().pk, "/api/escalations": 1,
        "/systems/status/notices/": notice.pk, "/knowledge/snippets/": snippet.pk, "/documents/": "W-05",
        "/cases/": case.pk, "/api/cases": case.pk, "/pending/": hold.pk, "/api/pending": hold.pk, "": 1,
        "cases:step": case, "approvals:step": Escalation.objects.get(), "pending:step": hold,
    }  # fmt: skip


@pytest.fixture
def people(world: World, rini: User, bowo: User) -> list[User]:
    chief = factories.person("chief", Role.ADMIN)
    User.objects.filter(pk=chief.pk).update(is_staff=True, is_superuser=True)
    chief.refresh_from_db()
    unit = factories.person("ujang", Role.TELKOM_UNIT, ready=False)
    return [bowo, rini, chief, unit]


WORDS = {
    "kind": "csv", "slug": "first-response", "step": "note", "name": "head", "what": "call", "format": "json",
    "app_label": "mail", "url": "nothing", "check": "6b1a2a70-0b1e-4d59-9a5e-0f3ab1dd5a11",
}  # fmt: skip


def address(route: str, world: World, **given: str) -> str:
    """The route with its places filled: those given, else such that something is there."""

    def fill(place: re.Match[str]) -> str:
        name = place[1]
        own = next(value for start, value in world.items() if route.startswith(start))
        return given.get(name) or str(WORDS.get(name, own))

    filled = re.sub(r"<(?:\w+:)?(\w+)>", fill, re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route))
    return filled.replace("^", "").replace("$", "").replace("\\.", ".").replace("/?", "")


def places(route: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route))


def signed_in(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


def send(client: Client, method: str, to: str, **what: Any) -> HttpResponse:
    """The answer; what it changed is undone."""
    with transaction.atomic():
        answer: HttpResponse = getattr(client, method)(to, **what)
        if answer.streaming:
            b"".join(answer)
        transaction.set_rollback(True)
    return answer


class Answers:
    """What was asked, and what was answered badly."""

    def __init__(self) -> None:
        self.asked = 0
        self.bad: list[Any] = []

    def note(self, answer: HttpResponse, *what: object) -> None:
        self.asked += 1
        if answer.status_code >= 500 or not in_words(answer):
            self.bad.append((answer.status_code, *what))


def in_words(answer: HttpResponse) -> bool:
    """A refusal that somebody can read: a page, a notice for a part of a page, a problem for a machine."""
    if answer.status_code < 400 or answer.streaming:
        return True
    if "HX-Trigger" in answer.headers:
        return bool(json.loads(answer.headers["HX-Trigger"])["notice"]["text"])
    return len(answer.content) > 20


SHARES = 11
one_share = shares(SHARES)


def routes() -> Iterator[tuple[str, str]]:
    for name, route in nasty.patterns():
        if name not in LEFT_OUT and not name.startswith(("admin:auth", "admin:axes")):
            yield name, route


def doors() -> Iterator[tuple[str, str]]:
    """The same, of what one view does for every desk the first two; lists, which each desk orders and filters its own
    way, all."""
    seen: Counter[str] = Counter()
    of_desks = {desk.slug for desk in desks()}
    for name, route in routes():
        space, _colon, act = name.partition(":")
        seen[act] += space in of_desks
        if space not in of_desks or act == "list" or seen[act] <= 2:
            yield name, route


@one_share
def test_every_address_answers_every_method_of_everybody(world: World, people: list[User], share: int) -> None:
    answers, turn = Answers(), count(share)
    for user in (None, *people):
        client = signed_in(user)
        for name, route in routes() if user is people[0] else doors():
            if is_admin(route) and user is not people[2]:
                continue
            for method in METHODS if user is people[0] else ("get", "post")[: 1 + bool(user)]:
                if next(turn) % SHARES == 0:
                    answers.note(send(client, method, address(route, world)), name, method, user)
    assert not answers.bad
    assert answers.asked > 200


def is_admin(route: str) -> bool:
    return route.startswith("/admin/")


@one_share
def test_every_place_of_an_address_takes_anything(world: World, people: list[User], share: int) -> None:
    answers, clients = Answers(), [signed_in(people[0]), signed_in(people[2])]
    for at, (name, route) in enumerate(doors()):
        for place in places(route):
            for odd in PATHS[(at + share) % SHARES :: SHARES]:
                to = address(route, world, **{place: odd})
                answers.note(send(clients[is_admin(route)], "get", to), name, place, odd[:40])
    assert not answers.bad
    assert answers.asked > 100


@shares(2 * SHARES)
def test_every_parameter_of_every_address_takes_anything(world: World, people: list[User], share: int) -> None:
    """The names are those that the views read, found by watching them: each alone, and all together. Each
    share reads one half of the addresses, and writes to the other."""
    answers, clients = Answers(), [signed_in(people[0]), signed_in(people[2])]
    frame = _read(clients[0], "get", "/readiness/")  # of every page; tried on one
    for at, (name, route) in enumerate(doors()):
        to, client = address(route, world), clients[is_admin(route)]
        for method in ("get", "post")[(at + share) % 2 :: 2]:
            names = _read(client, method, to) - (frame if name not in {"cases:list", "nav"} else set())
            tries: list[dict[str, Any]] = [dict.fromkeys(names, odd) for odd in NASTIES if names]
            if is_admin(route):  # Django's own, tried less
                tries = tries[:2] + [{one: ALONE[-1]} for one in names]
            else:
                tries += [{one: odd} for one in names for odd in ALONE]
            for tried in tries[(at + share) // 2 % SHARES :: SHARES]:
                answers.note(send(client, method, to, data=tried), name, method, tried)
    assert not answers.bad
    assert answers.asked > 200


def _read(client: Client, method: str, to: str) -> set[str]:
    with nasty.watched() as names:
        send(client, method, to)
    return names - {"csrfmiddlewaretoken"}


# --- the inputs of steps ---------------------------------------------------------------------------------------------
BY_KIND: list[tuple[type[forms.Field], tuple[Any, ...]]] = [
    (forms.DateTimeField, ("0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31T23:59:59.999999-14:00", nasty.DIGITS)),
    (forms.FileField, ("x",)),
    (forms.IntegerField, (nasty.DIGITS, "9" * 19, "-1", "٣", "1e9")),
    (forms.ChoiceField, ("a\0b", nasty.DIGITS, ["x", "y"])),
    (forms.ModelChoiceField, ("a\0b", nasty.DIGITS, "9" * 19, "²", ["1", "1"])),
    (forms.Field, ("a\0b", nasty.DIGITS, "\u202e\ufffe", "x" * 100_000, ["a", "b"])),
]


@shares(3)
@pytest.mark.parametrize("address_name", ["cases:step", "pending:step", "approvals:step"])
def test_every_input_of_every_step_takes_anything(world: World, bowo: User, address_name: str, share: int) -> None:
    """The others are filled as somebody would, so that a form with one odd input reaches the step's body."""
    answers, client, case, turn = Answers(), signed_in(bowo), world[address_name], count(share)
    for step in steps_of(case._meta.model).values():
        if step.form is None or not step.by_people or step.opens:
            continue
        form = step.form(case=_put(case, step.source, bowo), actor=bowo)
        usual = {name: _usual(field) for name, field in form.fields.items()}
        page = reverse(address_name, args=[case.pk, step.name])
        rest = page.replace("/approvals/", "/escalations/")
        for name, field in form.fields.items():
            for place, odd in enumerate(next(odds for kind, odds in BY_KIND if isinstance(field, kind))):
                if next(turn) % 3:
                    continue
                to = f"/api{rest}" if place else page  # drawing the page again is what costs time
                answers.note(send(client, "post", to, data={**usual, name: odd}), step.name, name, odd)
    assert not answers.bad
    assert answers.asked > 20


def _put(case: Case, states: Sequence[str], owner: User) -> Any:
    """In the first of the states that the database believes without the steps before it."""
    usual: dict[str, Any] = {"segment": "DES", "triage": "", "state_before": State.ASSIGNED, "level": "TEAM_LEADER"}
    usual["snapshot"] = {"reported_by": "Bonar Nababan", "contact_phone": NUMBER}
    known = {field.name for field in case._meta.concrete_fields}
    changes = {"owner": owner, **{name: value for name, value in usual.items() if name in known}}
    rows = case._meta.model._base_manager.filter(pk=case.pk)
    for state in states:
        with contextlib.suppress(IntegrityError), transaction.atomic():
            rows.update(state=state, **changes)
            break
    return rows.get()


def _usual(field: forms.Field) -> Any:
    if isinstance(field, forms.DateTimeField):
        return timezone.localtime(ahead(hours=3)).strftime("%Y-%m-%dT%H:%M")
    if isinstance(field, forms.ModelChoiceField):
        return next((one.pk for one in field.queryset or ()), "")
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        return next((value for value, _label in choices if value), "")
    return (
        "2" if isinstance(field, forms.IntegerField) else "" if isinstance(field, forms.FileField) else "Sudah jelas."
    )


# --- bodies and heads ------------------------------------------------------------------------------------------------
DEEP = '{"text": ' + "[" * 100_000 + "]" * 100_000 + "}"
BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b"[]"),
    ("application/json", b'"text"'),
    ("application/json", b"null"),
    ("application/json", b""),
    ("application/json", b"{"),
    ("application/json", b"\xff\xfe"),
    ("application/json", '{"text": "é"}'.encode("utf-16")),
    ("application/json; charset=utf-16", '{"text": "é"}'.encode("utf-16")),
    ("application/json; charset=hex", b"{}"),
    ("application/json", DEEP.encode()),
    ("application/json", ('{"a":' * 30 + "1" + "}" * 30).encode()),
    ("application/json", b'{"text": "a\\u0000b"}'),
    ("application/json", b'{"text": "\\ud800"}'),
    ("application/json", b'{"text": "a", "text": "b"}'),
    ("application/json", b'{"text": NaN}'),
    ("application/json", b'{"te\\u0000xt": "a"}'),
    ("application/json", f'{{"text": {nasty.DIGITS}}}'.encode()),
    ("application/x-www-form-urlencoded; charset=utf-7", b"text=+2AA-"),
    ("multipart/form-data", b"x"),
    ("multipart/form-data; boundary=x; charset=utf-7", b"--x\r\n\r\n+2AA-\r\n--x--"),
    ("multipart/form-data; boundary=\xe9", b"--x--"),
    ("multipart/form-data; boundary=" + "x" * 400, b"--x"),
    ("application/xml", b"<a/>"),
    ("", b"{}"),
    ("nonsense", b"{}"),
)


@pytest.fixture
def rest(world: World, people: list[User]) -> list[str]:
    return [f"/api/cases/{world['/cases/']}/steps/note/", "/api/pending/"]


def test_every_odd_body_of_rest_is_a_problem_in_words(rest: list[str], bowo: User) -> None:
    client = signed_in(bowo)
    for to in rest:
        for kind, body in BODIES:
            answer = send(client, "generic", "POST", path=to, data=body, content_type=kind)
            assert 400 <= answer.status_code < 500, (to, kind, body[:60], answer.status_code)
            assert answer["Content-Type"] == "application/problem+json", (to, kind, body[:60])
            assert len(json.loads(answer.content)["detail"]) > 10, (to, kind, body[:60])


@one_share
def test_every_odd_body_of_a_page_is_refused_in_words(world: World, people: list[User], share: int) -> None:
    answers, client = Answers(), signed_in(people[0])
    for at, (name, route) in enumerate(routes()):
        to = address(route, world)
        if not route.startswith(("/admin/", "/api/")) and send(client, "post", to).status_code != 405:
            for kind, body in BODIES[-10:][(at + share) % SHARES :: SHARES]:  # a page reads forms alone
                answers.note(send(client, "generic", "POST", path=to, data=body, content_type=kind), name, kind)
    assert not answers.bad


def test_too_many_fields_and_too_much_are_refused_in_words(rest: list[str], bowo: User) -> None:
    client, form = signed_in(bowo), "application/x-www-form-urlencoded"
    for to in ("/readiness/", *rest):
        for body in (b"&".join(b"a%d=1" % n for n in range(1_100)), b"a=" + b"x" * 27_000_000):
            answer = send(client, "generic", "POST", path=to, data=body, content_type=form)
            assert answer.status_code in {400, 413}
            assert in_words(answer)


def test_no_number_by_which_a_mail_is_filed_by_hand_is_too_long(world: World, bowo: User) -> None:
    client, answers = signed_in(bowo), Answers()
    for number in (f"TN{nasty.DIGITS}", "TN٣", "TN²", "a\0b", "IN" + nasty.DIGITS):
        to = f"/mail/quarantine/{world['/mail/quarantine/']}/"
        answers.note(send(client, "post", to, data={"what": "into", "number": number}), number)
    assert not answers.bad


def test_odd_heads_and_cookies_are_no_error(world: World, bowo: User) -> None:
    client = signed_in(bowo)
    heads: list[dict[str, Any]] = [
        {"HTTP_COOKIE": 'sessionid="abcdefghi\\000j"'}, {"HTTP_COOKIE": 'django_language="\\000"; theme="\\000"'},
        {"HTTP_COOKIE": "messages=" + "x" * 3000}, {"HTTP_COOKIE": "csrftoken=\xff"},
        {"HTTP_HOST": "elsewhere.example"},
        {"HTTP_HOST": "a b"}, {"HTTP_ACCEPT": "nonsense;q=x"}, {"HTTP_ACCEPT_LANGUAGE": "x" * 9000},
        {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "%0d%0aa", "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": "true"},
        {"HTTP_AUTHORIZATION": "Token \xff"}, {"HTTP_AUTHORIZATION": "Token a b c"}, {"HTTP_AUTHORIZATION": "\0"},
        {"HTTP_IDEMPOTENCY_KEY": "x" * 9000}, {"HTTP_REFERER": "http://[::1"}, {"HTTP_RANGE": "bytes=9-1"},
        {"HTTP_IF_MODIFIED_SINCE": "Fri, 31 Dec 9999 23:59:59 GMT"}, {"CONTENT_LENGTH": "x"}, {"CONTENT_LENGTH": "-1"},
    ]  # fmt: skip
    answers, case = Answers(), world["/cases/"]
    for head in heads:
        for to in ("/", f"/cases/{case}/", "/sign-in/", "/nope/", "/api/cases/", "/nav/?at=/cases/%3Fq=%2500"):
            answers.note(send(client, "get", to, **head), to, head)
        for to in (f"/cases/{case}/steps/note/", f"/api/cases/{case}/steps/note/", "/i18n/setlang/"):
            answers.note(send(client, "post", to, data={"text": "Catatan."}, **head), to, head)
    assert not answers.bad


def test_what_a_person_typed_is_kept_without_what_no_column_holds(world: World, bowo: User) -> None:
    case = EmailCase.objects.get(pk=world["/cases/"])
    signed_in(bowo).post(reverse("cases:step", args=[case.pk, "note"]), {"text": "Sudah\0 dihubungi."})
    assert notes.of(case).get().text == "Sudah dihubungi."


def test_a_page_refuses_in_the_persons_language_with_a_way_on(world: World, rini: User, bowo: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(rini)
    back = "http://testserver/pending/new/"
    answer = client.post("/pending/new/", {"reason_text": "Besok."}, headers={"Referer": back})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Halaman ini lebih lama dari saat Anda terakhir masuk." in page
    assert 'href="/pending/new/"' in page
    for to, status, words in (
        ("/board/", 403, "Ini bukan wewenang Anda"), ("/nope/", 404, "Tidak ditemukan di sini"),
        ("/cases/?q=a%00b", 400, "NUL"), ("/cases/?after=x", 400, "Mulai lagi dari atas"),
    ):  # fmt: skip
        answer = signed_in(rini).get(to)
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert 'class="btn btn-primary"' in answer.content.decode()


def test_a_part_of_a_page_is_refused_by_a_notice_and_replaces_nothing(rini: User) -> None:
    answer = signed_in(rini).get("/board/?part=cards", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Reswap"]) == (403, "none")
    assert json.loads(answer["HX-Trigger"])["notice"]["text"] == "Ini bukan wewenang Anda"
