"""What the workspace gives to every desk, on each of them: the same tests for the sample and for the real ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Timer
from tenesa.timers.targets import words_of
from tenesa.ui.live import name_of
from tenesa.ui.views import written
from tenesa.workflow.offered import offered
from tenesa.workflow.perform import perform
from tenesa.workflow.procedures import procedures, visible
from tenesa.workflow.sop import document
from tenesa.workflow.step import Step
from tenesa.workspace import case_page, drafts, lists, notes
from tenesa.workspace.desk import Desk, View, desks
from tenesa.workspace.rail import composes, rail
from tenesa.workspace.step_names import NOTE, TAKE_BACK, WRITE
from tests import factories
from tests.oracle.world import placed
from tests.platform.test_api import client as rest
from tests.ui.test_frame import signed_in
from tests.workspace.worked import WORK, People, Work, people

pytestmark = pytest.mark.django_db
SAID = "Kata yang tidak boleh hilang."
STATES = [(desk, state) for desk in desks() for state in desk.labels]


@dataclass
class Room:
    """A desk and the people around it."""

    desk: Desk
    people: People

    @property
    def work(self) -> Work:
        return WORK[self.desk.procedure]

    @property
    def worker(self) -> User:
        return self.people[self.work.role]

    @property
    def browser(self) -> Client:
        return signed_in(self.worker)

    def open(self) -> Any:
        return self.work.opened(self.people)

    def lead_on(self, case: Any) -> Any:
        return perform(case, self.work.step, actor=self.worker, data=dict(self.work.inputs))

    def again(self, case: Any) -> Any:
        return self.desk.model._default_manager.get(pk=case.pk)

    def view(self, case: Any) -> View:
        """The first view in which this person finds the case."""
        every = self.desk.model._default_manager.all()
        views = self.desk.views_for(self.worker)
        return next(view for view in views if view.of(every, self.worker).filter(pk=case.pk).exists())

    def page(self, view: View, after: str = "", **asked: str) -> lists.Page:
        query = QueryDict(mutable=True)
        query.update(asked)
        return lists.page(self.desk, self.worker, view, query, after=after)

    def shown(self, case: Any) -> str:
        return _text(self.browser.get(self.desk.url("case", case.pk)))

    def part(self, case: Any, name: str) -> str:
        return _text(self.browser.get(self.desk.url("part", case.pk, name)))


@pytest.fixture(params=desks(), ids=lambda desk: desk.slug)
def room(request: pytest.FixtureRequest, db: None) -> Room:
    return Room(request.param, people())


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_every_desk_is_worked_here() -> None:
    assert {desk.procedure for desk in desks()} == set(WORK) <= set(procedures())


# --- the list --------------------------------------------------------------------------------------------------------
def test_the_list_shows_every_case_once_in_its_order(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [room.open() for _one in range(5)]
    view = room.view(made[0])
    monkeypatch.setattr(lists, "PAGE", 2)
    found: list[int] = []
    after, pages = "", 0
    while True:
        page = room.page(view, after)
        found += [row.pk for row in page.rows]
        after, pages = page.next, pages + 1
        if not after:
            break
    rows = room.desk.model._default_manager.filter(pk__in=[case.pk for case in made])
    assert found == [row.pk for row in rows.order_by(view.order, "-pk" if view.newest_first else "pk")]
    assert pages == 3


def test_the_list_reads_its_rows_in_one_question_a_place(room: Room) -> None:
    view = room.view(room.open())
    asked = []
    for _time in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = room.page(view).rows
        told = [query["sql"] for query in queries if "LATERAL" in query["sql"]]
        assert len(told) == len(room.desk.places(room.worker))
        asked.append(len(queries))
        assert len(rows) == 1 + _time * 2
        room.open()
        room.open()
    assert asked[0] == asked[1]


def test_every_list_has_an_index_of_its_order(room: Room) -> None:
    indexed = [list(index.fields) for index in room.desk.model._meta.indexes]
    for view in room.desk.views:
        order = [view.order, "-id" if view.newest_first else "id"]
        assert any(fields[-2:] == order for fields in indexed), view.slug


def test_what_is_open_is_found_by_an_index(room: Room) -> None:
    """The question of the board and of the reports."""
    room.open()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = visible(room.desk.model, room.worker).filter(room.desk.is_open).explain()
    used = set(re.findall(r"Index(?: Only)? Scan (?:using|on) (\w+)", plan))
    assert used & {index.name for index in room.desk.model._meta.indexes}, plan


def test_a_row_leads_to_its_case_and_the_page_listens_to_its_list(room: Room) -> None:
    case = room.open()
    for view in room.desk.views_for(room.worker):
        text = _text(room.browser.get(room.desk.list_url(view.slug)))
        assert f'data-view="{room.desk.live(view, room.worker)}"' in text
    text = _text(room.browser.get(room.desk.list_url(room.view(case).slug)))
    assert f'href="{case.get_absolute_url()}' in text


def test_a_filter_narrows_and_nonsense_narrows_nothing(room: Room) -> None:
    case = room.open()
    view = room.view(case)
    for one in room.desk.filters:
        if one.choices is None:
            continue
        own = str(_of(case, one.column or one.name))
        for value, _label in one.choices():
            shown = [row.pk for row in room.page(view, **{one.name: str(value)}).rows]
            assert shown == ([case.pk] if str(value) == own else []), (one.name, value)
        assert [row.pk for row in room.page(view, **{one.name: "x' OR 1"}).rows] == [case.pk]


def _of(case: Any, column: str) -> Any:
    found = getattr(case, column)
    return getattr(found, "pk", found)


def test_a_view_that_is_not_theirs_is_not_found(room: Room) -> None:
    hidden = set(room.desk.views) - set(room.desk.views_for(room.worker))
    for view in hidden:
        assert room.browser.get(room.desk.list_url(view.slug)).status_code == 404


# --- live ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("desk", "state"), STATES, ids=lambda one: getattr(one, "slug", one))
def test_whoever_looks_at_a_list_hears_of_what_comes_into_it(desk: Desk, state: str) -> None:
    """A page fetches again when its word is among those of the case; a row that it shows is found by its number."""
    room = Room(desk, people())
    case: Any = placed(desk.model, state, room.people)
    if state in desk.ended:
        desk.model._default_manager.filter(pk=case.pk).update(awaits=False)
        case = room.again(case)
    words = set(desk.lists_of(case))
    every = desk.model._default_manager.filter(pk=case.pk)
    for user in room.people.values():
        for view in desk.views_for(user):
            if view.of(every, user).exists():
                assert desk.live(view, user) in words, view.slug
    alike = SimpleNamespace(**{column: getattr(case, column) for column in desk.lists_by})
    assert set(desk.lists_of(alike)) == words, "what decides where a case is listed is named by `lists_by`"
    assert case.state in desk.ended or desk.live_of_search in words


def test_others_see_who_is_at_a_case_and_in_its_list(room: Room) -> None:
    case = room.open()
    boss = room.people[Role.SUPERVISOR]
    assert _at(room, case, boss) == []
    assert room.browser.post(room.desk.url("here", case.pk)).status_code == 204
    assert _at(room, case, boss) == [room.worker.pk]
    rows = lists.page(room.desk, boss, room.desk.views_for(boss)[-1], QueryDict()).rows
    for row in rows:
        assert [viewer.user_id for viewer in row.viewers] == [room.worker.pk]


def _at(room: Room, case: Any, user: User) -> list[int]:
    answer = signed_in(user).get(room.desk.url("part", case.pk, "head"))
    return [viewer.user_id for viewer in answer.context["viewers"]]


# --- the case --------------------------------------------------------------------------------------------------------
def test_the_page_of_a_case_has_all_its_parts(room: Room) -> None:
    case = room.open()
    text = room.shown(case)
    for told in (case.number, str(room.desk.state(case.state)), room.desk.model.document):
        assert told in text
    assert _keys(text) - {f"Shift+{number}" for number in range(10)} <= FIXED | {*room.desk.keys.values()}
    for part in case_page.PARTS:
        assert room.part(case, part).strip(), part
    assert room.browser.get(room.desk.url("part", case.pk, "nothing")).status_code == 404


def test_the_rail_tells_what_was_done_and_what_comes_next(room: Room) -> None:
    case = room.open()
    drawn = rail(room.desk, case, room.worker, [])
    text = room.part(case, "procedure")
    for offer in drawn.offers:
        assert f'id="offer-{offer.step.name}"' in text
    for blocked in drawn.blocked:
        assert all(why in _words(text) for why in blocked.refusals)
    done, label = room.lead_on(case), str(room.desk.steps[room.work.step].label)
    assert label in _words(room.part(done, "procedure"))
    assert label in _words(room.part(done, "timeline"))


def _words(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", page))


def test_its_clocks_are_told_in_words(room: Room) -> None:
    case = room.open()
    clocks = Timer.objects.filter(procedure=room.desk.procedure, case_id=case.pk)
    if not clocks.exists():
        case = room.lead_on(case)
    names = set(clocks.values_list("name", flat=True))
    assert names
    text = _words(room.part(case, "clocks"))
    for name in names:
        assert str(words_of(room.desk.procedure)[name]) in text


# --- refused ---------------------------------------------------------------------------------------------------------
def test_a_case_of_another_desk_is_not_there(room: Room, asing: User) -> None:
    case, stranger = room.open(), signed_in(asing)
    for name in ("case", "snippets"):
        assert stranger.get(room.desk.url(name, case.pk)).status_code == 404
    for name in ("here", "compose_as"):
        assert stranger.post(room.desk.url(name, case.pk)).status_code == 404
    assert stranger.post(room.desk.url("step", case.pk, NOTE), {"text": SAID}).status_code == 404
    assert stranger.get(room.desk.url("bulk"), {"case": case.pk}).status_code == 404
    assert rest(asing).get(_rest(room.desk, case)).status_code == 404


def test_an_unknown_step_is_not_found_and_one_of_the_system_is_nobodys(room: Room) -> None:
    case = room.open()
    assert room.browser.post(room.desk.url("step", case.pk, "nothing")).status_code == 404
    ours = next(name for name, step in room.desk.steps.items() if not step.by_people)
    assert room.browser.post(room.desk.url("step", case.pk, ours)).status_code == 403
    assert rest(room.worker).post(f"{_rest(room.desk, case)}steps/{ours}/").status_code == 403


def test_a_step_of_another_state_is_refused_in_words_and_loses_none(room: Room) -> None:
    case = room.open()
    step, typed = next(_prose(step) for step in _elsewhere(room, case) if written(step, _prose(step)[1]))
    answer = room.browser.post(room.desk.url("step", case.pk, step.name), typed)
    assert answer.status_code == 409
    assert SAID in _text(answer)
    assert SAID in drafts.of(case, room.worker).get(step=step.name).values.values()
    told = rest(room.worker).post(f"{_rest(room.desk, case)}steps/{step.name}/", typed.dict())
    assert (told.status_code, bool(told.json()["reasons"])) == (409, True)
    assert room.again(case).version == case.version


def _elsewhere(room: Room, case: Any) -> Iterable[Step]:
    """Steps for this person from other states."""
    mine = (step for step in room.desk.steps.values() if room.worker.has_role(*step.by))
    return [step for step in mine if case.state not in step.source and not step.opens]


def _prose(step: Step) -> tuple[Step, QueryDict]:
    typed = QueryDict(mutable=True)
    typed.update(dict.fromkeys(step.asks.base_fields if step.asks else (), SAID))
    return step, typed


def test_inputs_that_are_missing_are_asked_for_again(room: Room) -> None:
    case = room.open()
    answer = room.browser.post(room.desk.url("step", case.pk, NOTE), {"text": ""})
    assert (answer.status_code, room.again(case).version) == (422, case.version)
    told = rest(room.worker).post(f"{_rest(room.desk, case)}steps/{NOTE}/", {"text": ""})
    assert (told.status_code, list(told.json()["errors"])) == (422, ["text"])


# --- written ---------------------------------------------------------------------------------------------------------
def test_a_draft_waits_on_the_server_for_whoever_typed_it(room: Room) -> None:
    case, boss = room.open(), room.people[Role.SUPERVISOR]
    assert SAID not in _text(room.browser.get(room.desk.url("compose", case.pk, NOTE)))
    assert room.browser.post(room.desk.url("draft", case.pk, NOTE), {"text": SAID}).status_code == 200
    assert SAID in _text(room.browser.get(room.desk.url("compose", case.pk, NOTE)))
    others = signed_in(boss).get(room.desk.url("compose", case.pk, NOTE))
    assert SAID not in _text(others)


def test_a_note_stands_on_the_timeline_and_its_draft_is_gone(room: Room) -> None:
    case = room.open()
    room.browser.post(room.desk.url("draft", case.pk, NOTE), {"text": SAID})
    assert room.browser.post(room.desk.url("step", case.pk, NOTE), {"text": SAID}).status_code == 302
    assert [note.text for note in notes.of(case)] == [SAID]
    assert SAID in room.part(case, "timeline")
    assert not drafts.of(case, room.worker).exists()


def test_a_mail_is_held_taken_back_and_its_words_are_a_draft_again(room: Room) -> None:
    case = room.open()
    writes = any(composes(step) for step in room.desk.steps.values())
    if not writes:
        assert "r" not in _keys(room.shown(case))
        assert TAKE_BACK not in room.desk.steps
        return
    case = room.lead_on(case)
    assert "r" in _keys(room.shown(case))
    mails = OutboundMail.objects.filter(procedure=room.desk.procedure, case_id=case.pk, purpose="reply")
    answer = room.browser.post(room.desk.url("step", case.pk, WRITE), {"message": SAID, "to": "bonar@samudra.example"})
    assert answer.status_code == 302
    mail = mails.get()
    assert (mail.status, SAID in mail.text) == ("HELD", True)
    assert reverse("undo-mail", args=[mail.pk]) in room.shown(case)
    room.browser.post(reverse("undo-mail", args=[mail.pk]))
    assert mails.get().status == "CANCELLED"
    assert SAID in _text(room.browser.get(room.desk.url("compose", case.pk, WRITE)))


def _keys(text: str) -> set[str]:
    return {key for keys in re.findall(r'data-key="([^"]*)"', text) for key in keys.split()}


def test_a_preview_is_the_finished_mail_and_sends_nothing(room: Room) -> None:
    if WRITE not in room.desk.steps:
        return
    case = room.lead_on(room.open())
    given = {"message": SAID, "to": "bonar@samudra.example"}
    assert SAID in _text(room.browser.post(room.desk.url("preview", case.pk, WRITE), given))
    assert not OutboundMail.objects.filter(procedure=room.desk.procedure, case_id=case.pk, purpose="reply").exists()


# --- together --------------------------------------------------------------------------------------------------------
def test_a_step_is_taken_on_several_at_once(room: Room) -> None:
    cases = [room.open() for _one in range(2)]
    chosen = {"case": [case.pk for case in cases]}
    page = room.browser.get(room.desk.url("bulk"), chosen)
    offered_here = {choice.step.name: choice.number for choice in page.context["choices"]}
    assert set(offered_here) <= set(room.desk.bulk)
    assert offered_here[NOTE] == 2
    done = room.browser.post(room.desk.url("bulk"), {**chosen, "step": NOTE, "text": SAID, "token": "sekali"})
    assert [outcome.refusal for outcome in done.context["outcomes"]] == ["", ""]
    assert all([note.text for note in notes.of(case)] == [SAID] for case in cases)
    alone = next(name for name in room.desk.steps if name not in room.desk.bulk)
    assert room.browser.get(room.desk.url("bulk"), {**chosen, "step": alone}).status_code == 404


def test_next_opens_the_most_urgent_one(room: Room) -> None:
    case = room.open()
    answer = room.browser.post(room.desk.url("next"))
    assert answer["Location"] == case.get_absolute_url()


# --- around ----------------------------------------------------------------------------------------------------------
def test_the_palette_offers_the_steps_of_the_open_case_and_the_map(room: Room) -> None:
    case = room.open()
    text = _text(room.browser.get(reverse("palette"), {"case": name_of(case)}))
    for offer in rail(room.desk, case, room.worker, []).offers:
        assert f'data-press="{offer.key or offer.number}"' in text
    assert room.desk.url("map") in text


def test_the_map_counts_the_open_cases_of_every_state(room: Room) -> None:
    case = room.open()
    page = room.browser.get(room.desk.url("map"))
    nodes = {node.state: node.count for node in page.context["chart"].nodes}
    assert {state for state in room.desk.labels if state in nodes} == set(room.desk.labels)
    assert nodes[case.state] == 1
    assert sum(nodes.values()) == 1


def test_what_failed_is_in_the_outbox_and_a_leader_tries_it_again(room: Room) -> None:
    case, boss = room.open(), room.people[Role.TEAM_LEADER]
    about = {"procedure": room.desk.procedure, "case_id": case.pk, "event": case.last_event()}
    call = ExternalCall.objects.create(**about, system="nossa", operation="incident", payload={}, status="DEAD")
    mail = OutboundMail.objects.create(
        **about, mailbox=factories.mailbox(), purpose="reply", template="reply", template_version=0, subject="Re:",
        to=["bonar@samudra.example"], text=SAID, status="DEAD", error="550",
    )  # fmt: skip
    text = _text(signed_in(boss).get(reverse("outbox"), {"tab": "failed"}))
    for name, row in (("retry-call", call), ("retry-mail", mail)):
        assert reverse(name, args=[row.pk]) in text
    assert case.get_absolute_url() in text
    assert signed_in(boss).post(reverse("retry-call", args=[call.pk])).status_code == 200
    call.refresh_from_db()
    assert call.status == "WAITING"
    again = signed_in(boss).post(reverse("retry-mail", args=[mail.pk]))
    mail.refresh_from_db()
    if "resend" in room.desk.steps:
        assert (again.status_code, mail.status) == (200, "WAITING")
    else:
        assert (again.status_code, mail.status) == (404, "DEAD")


def test_a_leader_sees_it_on_the_board_and_in_the_reports(room: Room) -> None:
    case, boss = room.open(), room.people[Role.TEAM_LEADER]
    room.desk.model._default_manager.filter(pk=case.pk).update(urgent_at=timezone.now() - timedelta(minutes=1))
    board = signed_in(boss).get(reverse("board"))
    if not room.desk.own_cards:
        card = next(card for card in board.context["cards"] if card.key == room.desk.slug)
        assert {name: card.it[name] for name in ("open", "waiting")} == {"open": 1, "waiting": 1}
        assert (card.it["late"], card.it["oldest"]) == (int(bool(case.urgent_for)), case.opened_at)
    for slug in (f"{room.desk.slug}_states", room.desk.own_ageing or f"{room.desk.slug}_ages"):
        listed = signed_in(boss).get(reverse("reporting:list", args=[slug]))
        assert case.number in _text(listed), slug
        assert room.desk.state(case.state) in _text(listed), slug


# --- REST ------------------------------------------------------------------------------------------------------------
def _rest(desk: Desk, case: Any = None) -> str:
    return f"/api/{desk.rest_path}/{case.pk}/" if case else f"/api/{desk.rest_path}/"


def test_rest_lists_reads_offers_and_takes(room: Room) -> None:
    case, api = room.open(), rest(room.worker)
    assert [row["id"] for row in api.get(_rest(room.desk)).json()["results"]] == [case.pk]
    assert api.get(_rest(room.desk, case)).json()["state"] == case.state
    told = {offer["step"]: offer["allowed"] for offer in api.get(f"{_rest(room.desk, case)}steps/").json()}
    assert told == {offer.step.name: offer.allowed for offer in offered(case, room.worker)}
    address = f"{_rest(room.desk, case)}steps/{room.work.step}/"
    done = api.post(address, dict(room.work.inputs), HTTP_IDEMPOTENCY_KEY="sekali")
    assert (done.status_code, done.json()["state"]) == (200, room.again(case).state)
    assert done.json()["state"] != case.state
    assert api.post(address, dict(room.work.inputs), HTTP_IDEMPOTENCY_KEY="sekali").status_code == 200


def test_the_schema_and_the_written_procedure_name_it(room: Room, rini: User) -> None:
    paths = rest(rini).get("/api/schema/?format=json").json()["paths"]
    base = f"/api/{room.desk.rest_path}/"
    assert {base, f"{base}{{id}}/", f"{base}{{id}}/steps/", f"{base}{{id}}/steps/{{step}}/"} <= set(paths)
    text = document(room.desk.model)
    for step in room.desk.steps.values():
        assert step.clause in text
        assert step.name in text


# --- keys ------------------------------------------------------------------------------------------------------------
# Of the page itself (templates/workspace, templates/ui, frontend/js/keys.js); "u" undoes whatever it is shown beside.
FIXED = {*"jkx.,/?gbrnf+", *"123456789", "Enter", "Backspace"}


@pytest.mark.parametrize("desk", desks(), ids=lambda desk: desk.slug)
def test_no_key_of_a_desk_is_one_of_the_page_or_of_what_stands_beside_it(desk: Desk) -> None:
    keys = set(desk.keys.values())
    assert not keys & FIXED
    assert all(key == TAKE_BACK for key, taken in desk.keys.items() if taken == "u")
    for other in desks():
        if other is not desk and other.beside_template:
            assert not keys & set(other.keys.values())


@pytest.mark.parametrize(("desk", "state"), STATES, ids=lambda one: getattr(one, "slug", one))
def test_no_two_steps_that_are_offered_together_have_one_key(desk: Desk, state: str) -> None:
    everybody = people()
    case = placed(desk.model, state, everybody)
    for user in everybody.values():
        if not case.is_seen_by(user) or user.is_outside:
            continue
        taken = [offer.key for offer in rail(desk, case, user, []).offers if offer.key]
        assert len(taken) == len(set(taken)), (user, taken)
