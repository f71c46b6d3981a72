"""The page of a case at every desk: its parts, what is refused, what is written, its keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail.models import OutboundMail
from tenesa.timers.models import Timer
from tenesa.timers.targets import words_of
from tenesa.ui.views import written
from tenesa.workflow.step import Step
from tenesa.workspace import case_page, drafts, notes
from tenesa.workspace.desk import Desk, desks
from tenesa.workspace.rail import composes, rail
from tenesa.workspace.step_names import NOTE, TAKE_BACK, WRITE
from tests.oracle.world import placed
from tests.platform.test_api import client as rest
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import FIXED, SAID, STATES, Room, keys_of, rest_of, text_of, words_of_page
from tests.workspace.worked import people

pytestmark = pytest.mark.django_db


# --- the case --------------------------------------------------------------------------------------------------------
def test_the_page_of_a_case_has_all_its_parts(room: Room) -> None:
    case = room.open()
    text = room.shown(case)
    for told in (case.number, str(room.desk.state(case.state)), room.desk.model.document):
        assert told in text
    assert keys_of(text) - {f"Shift+{number}" for number in range(10)} <= FIXED | {*room.desk.keys.values()}
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
        assert all(why in words_of_page(text) for why in blocked.refusals)
    done, label = room.lead_on(case), str(room.desk.steps[room.work.step].label)
    assert label in words_of_page(room.part(done, "procedure"))
    assert label in words_of_page(room.part(done, "timeline"))


def test_its_clocks_are_told_in_words(room: Room) -> None:
    case = room.open()
    clocks = Timer.objects.filter(procedure=room.desk.procedure, case_id=case.pk)
    if not clocks.exists():
        case = room.lead_on(case)
    names = set(clocks.values_list("name", flat=True))
    assert names
    text = words_of_page(room.part(case, "clocks"))
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
    assert rest(asing).get(rest_of(room.desk, case)).status_code == 404


def test_an_unknown_step_is_not_found_and_one_of_the_system_is_nobodys(room: Room) -> None:
    case = room.open()
    assert room.browser.post(room.desk.url("step", case.pk, "nothing")).status_code == 404
    ours = next(name for name, step in room.desk.steps.items() if not step.by_people)
    assert room.browser.post(room.desk.url("step", case.pk, ours)).status_code == 403
    assert rest(room.worker).post(f"{rest_of(room.desk, case)}steps/{ours}/").status_code == 403


def test_a_step_of_another_state_is_refused_in_words_and_loses_none(room: Room) -> None:
    case = room.open()
    step, typed = next(_prose(step) for step in _elsewhere(room, case) if written(step, _prose(step)[1]))
    answer = room.browser.post(room.desk.url("step", case.pk, step.name), typed)
    assert answer.status_code == 409
    assert SAID in text_of(answer)
    assert SAID in drafts.of(case, room.worker).get(step=step.name).values.values()
    told = rest(room.worker).post(f"{rest_of(room.desk, case)}steps/{step.name}/", typed.dict())
    assert (told.status_code, bool(told.json()["reasons"])) == (409, True)
    assert room.again(case).version == case.version


def _elsewhere(room: Room, case: Any) -> Iterable[Step]:
    """Steps for this person from other states."""
    mine = (step for step in room.desk.steps.values() if room.worker.has_role(*step.roles))
    return [step for step in mine if case.state not in step.source and not step.opens]


def _prose(step: Step) -> tuple[Step, QueryDict]:
    typed = QueryDict(mutable=True)
    typed.update(dict.fromkeys(step.form.base_fields if step.form else (), SAID))
    return step, typed


def test_inputs_that_are_missing_are_asked_for_again(room: Room) -> None:
    case = room.open()
    answer = room.browser.post(room.desk.url("step", case.pk, NOTE), {"text": ""})
    assert (answer.status_code, room.again(case).version) == (422, case.version)
    told = rest(room.worker).post(f"{rest_of(room.desk, case)}steps/{NOTE}/", {"text": ""})
    assert (told.status_code, list(told.json()["errors"])) == (422, ["text"])


# --- written ---------------------------------------------------------------------------------------------------------
def test_a_draft_waits_on_the_server_for_whoever_typed_it(room: Room) -> None:
    case, boss = room.open(), room.people[Role.SUPERVISOR]
    assert SAID not in text_of(room.browser.get(room.desk.url("compose", case.pk, NOTE)))
    assert room.browser.post(room.desk.url("draft", case.pk, NOTE), {"text": SAID}).status_code == 200
    assert SAID in text_of(room.browser.get(room.desk.url("compose", case.pk, NOTE)))
    others = signed_in(boss).get(room.desk.url("compose", case.pk, NOTE))
    assert SAID not in text_of(others)


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
        assert "r" not in keys_of(room.shown(case))
        assert TAKE_BACK not in room.desk.steps
        return
    case = room.lead_on(case)
    assert "r" in keys_of(room.shown(case))
    mails = OutboundMail.objects.filter(procedure=room.desk.procedure, case_id=case.pk, purpose="reply")
    answer = room.browser.post(room.desk.url("step", case.pk, WRITE), {"message": SAID, "to": "bonar@samudra.example"})
    assert answer.status_code == 302
    mail = mails.get()
    assert (mail.status, SAID in mail.text) == ("HELD", True)
    assert reverse("undo-mail", args=[mail.pk]) in room.shown(case)
    room.browser.post(reverse("undo-mail", args=[mail.pk]))
    assert mails.get().status == "CANCELLED"
    assert SAID in text_of(room.browser.get(room.desk.url("compose", case.pk, WRITE)))


def test_a_preview_is_the_finished_mail_and_sends_nothing(room: Room) -> None:
    if WRITE not in room.desk.steps:
        return
    case = room.lead_on(room.open())
    given = {"message": SAID, "to": "bonar@samudra.example"}
    assert SAID in text_of(room.browser.post(room.desk.url("preview", case.pk, WRITE), given))
    assert not OutboundMail.objects.filter(procedure=room.desk.procedure, case_id=case.pk, purpose="reply").exists()


# --- keys ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("desk", desks(), ids=lambda desk: desk.slug)
def test_no_key_of_a_desk_is_one_of_the_page_or_of_what_stands_beside_it(desk: Desk) -> None:
    keys = set(desk.keys.values())
    assert not keys & FIXED
    assert all(key == TAKE_BACK for key, taken in desk.keys.items() if taken == "u")
    for other in desks():
        if other is not desk and other.side_panel_template:
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
