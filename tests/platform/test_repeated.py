"""A request sent twice is done once; another one with the same key is refused in words, and nothing of it is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.audit.models import Event
from tenesa.audit.verify import broken_links
from tenesa.escalation.models import Escalation
from tenesa.mail.models import OutboundMail
from tenesa.mail.recipient_form import AddressesField
from tenesa.workflow.case import Case
from tenesa.workflow.errors import KeyReused
from tenesa.workflow.perform import perform
from tenesa.workflow.step import Step, steps_of
from tenesa.workspace.models import Draft, Note
from tests import factories
from tests.platform.test_api import client as client_of
from tests.platform.test_perform import in_threads
from tests.ui.test_case import HTMX, step
from tests.ui.test_frame import signed_in
from tickets.models import EmailCase

LONG = "2026-11-28T06:40:00.000000+07:00 " * 4  # a client's key may be longer than any column


@pytest.fixture
def case(rini: User) -> EmailCase:
    return perform(factories.opened(), "take", actor=rini)


# --- REST ------------------------------------------------------------------------------------------------------------
def test_the_same_key_with_anything_else_is_refused(case: EmailCase, rini: User, bowo: User) -> None:
    mine, leader = client_of(rini), client_of(bowo)

    def post(who: Any = mine, name: str = "note", key: str = LONG, **inputs: Any) -> tuple[int, str]:
        address = f"/api/cases/{case.pk}/steps/{name}/"
        answer = who.post(address, inputs, format="json", HTTP_IDEMPOTENCY_KEY=key)
        return answer.status_code, answer.json().get("title", "")

    assert [post(text="PIC ditelepon"), post(text="PIC ditelepon")] == [(200, ""), (200, "")]
    refused = (422, "key_reused")
    assert post(text="PIC tidak diangkat") == refused
    assert post(leader, text="PIC ditelepon") == refused
    assert post(name="release") == refused
    assert post(text="PIC tidak diangkat", key=f"{LONG}2") == (200, "")
    assert list(Note.objects.order_by("pk").values_list("text", flat=True)) == ["PIC ditelepon", "PIC tidak diangkat"]
    assert EmailCase.objects.get(pk=case.pk).owner == rini
    stored = Event.objects.filter(case_id=case.pk, step="note")
    assert [(len(one.key or ""), len(one.fingerprint)) for one in stored] == [(64, 64), (64, 64)]
    assert list(broken_links()) == []


def test_another_file_is_another_request(case: EmailCase, rini: User) -> None:
    api, address = client_of(rini), f"/api/cases/{case.pk}/steps/write/"

    def send(content: bytes) -> int:
        inputs = {"message": "Terlampir.", "attachments": SimpleUploadedFile("denah.txt", content)}
        return int(api.post(address, inputs, format="multipart", HTTP_IDEMPOTENCY_KEY="k").status_code)

    assert [send(b"lantai 1"), send(b"lantai 1"), send(b"lantai 2")] == [200, 200, 422]
    sent = OutboundMail.objects.get(case_id=case.pk, purpose="reply")
    assert [bytes(file.blob.content) for file in sent.attachments.all()] == [b"lantai 1"]


@pytest.mark.django_db(transaction=True)
def test_of_twins_with_other_words_one_is_done_and_the_other_told(rini: User) -> None:
    case = perform(factories.opened(), "take", actor=rini)
    words = ["Sedang kami cek.", "Sudah kami cek."] * 4
    outcomes = in_threads(
        8, lambda number: perform(case, "note", actor=rini, data={"text": words[number]}, key="one-form")
    )
    kept = Note.objects.get().text
    assert [isinstance(outcome, KeyReused) for outcome in outcomes] == [text != kept for text in words]
    assert all(isinstance(outcome, EmailCase | KeyReused) for outcome in outcomes)
    assert Event.objects.filter(case_id=case.pk, step="note").count() == 1


# --- page ------------------------------------------------------------------------------------------------------------
def test_changed_words_after_a_lost_answer_are_kept(case: EmailCase, rini: User) -> None:
    page = signed_in(rini)
    composer = page.get(reverse("cases:compose", args=[case.pk, "write"]), **HTMX).content.decode()
    key = _key(composer)
    assert step(page, case, "write", message="Kami cek besok.", key=key).status_code == 200  # its answer is lost
    again = step(page, case, "write", message="Kami cek hari ini.", key=key)
    assert again.status_code == 422
    assert again["HX-Retarget"] == "#open"
    assert "sudah pernah dikirim dengan isi lain" in again.content.decode()
    assert "Kami cek hari ini." in again.content.decode()
    assert _sent(case) == ["Kami cek besok."]
    assert Draft.objects.get(case_id=case.pk, author=rini).values["message"] == "Kami cek hari ini."
    opened = page.get(reverse("cases:compose", args=[case.pk, "write"]), **HTMX).content.decode()
    assert "Kami cek hari ini." in opened
    assert step(page, case, "write", message="Kami cek hari ini.", key=_key(opened)).status_code == 200
    assert _sent(case) == ["Kami cek besok.", "Kami cek hari ini."]


def test_a_page_without_scripts_shows_the_words_too(case: EmailCase, rini: User) -> None:
    page, address = signed_in(rini), reverse("cases:step", args=[case.pk, "write"])
    assert page.post(address, {"message": "Kami cek besok.", "key": "k"}).status_code == 302
    again = page.post(address, {"message": "Kami cek hari ini.", "key": "k"})
    assert again.status_code == 422
    assert "Kami cek hari ini." in again.content.decode()


def test_a_decision_with_other_words_is_refused_and_shown(case: EmailCase, rini: User, bowo: User) -> None:
    perform(case, "escalate", actor=rini, data={"level": "TEAM_LEADER", "reason": "Pelanggan minta kepastian."})
    one, page = Escalation.objects.get(case_id=case.pk), signed_in(bowo)
    address = reverse("approvals:step", args=[one.pk, "send_back"])
    assert page.post(address, {"note": "Telepon dulu.", "key": "k"}, **HTMX).status_code == 200
    again = page.post(address, {"note": "Telepon dulu, lalu surel.", "key": "k"}, **HTMX)
    assert again.status_code == 422
    assert "Telepon dulu, lalu surel." in again.content.decode()
    assert Event.objects.filter(procedure=one.procedure_name(), case_id=one.pk, step="send_back").count() == 1


def test_a_note_on_several_cases_with_other_words_is_asked_for_again(case: EmailCase, rini: User) -> None:
    page = signed_in(rini)
    asked = {"case": [case.pk], "step": "note", "token": "once", "text": "PIC ditelepon"}
    assert page.post(reverse("cases:bulk"), asked).status_code == 200
    again = page.post(reverse("cases:bulk"), {**asked, "text": "PIC diberi tahu"})
    assert again.status_code == 422
    assert "PIC diberi tahu" in again.content.decode()
    assert Note.objects.get().text == "PIC ditelepon"


def _key(page: str) -> str:
    return str(re.findall(r'name="key" value="([^"]+)"', page)[0])


def _sent(case: EmailCase) -> list[str]:
    mails = OutboundMail.objects.filter(case_id=case.pk, purpose="reply").order_by("created_at")
    return list(mails.values_list("body", flat=True))


# --- types of JSON ---------------------------------------------------------------------------------------------------
WRONG: dict[str, list[Any]] = {
    "string": [{"isi": "Halo"}, ["Halo"], 5.5, True, None],
    "boolean": ["true", 1, None, [True], {}],
    "array": ["satu", [1], [["satu"]], {"satu": 1}, None],
    "addresses": [5, True, None, {"ke": "x"}, ["a@b.example", 1]],
    "integer": ["1", 1.5, True, None, [1]],
    "file": ["isi", None, []],
}


def _taken(procedure: type[Case]) -> list[Step]:
    return [one for one in steps_of(procedure).values() if one.form and one.by_people and not one.opens]


def _type(field: forms.Field) -> str:
    """Written apart from the code that it judges: what a client of the schema may send."""
    if isinstance(field, forms.FileField):
        return "file"
    if isinstance(field, AddressesField):
        return "addresses"
    if isinstance(field, forms.MultipleChoiceField):
        return "array"
    return "boolean" if isinstance(field, forms.BooleanField) else "string"


def refused_types(api: Any, address: str, procedure: type[Case]) -> int:
    """How many inputs of a wrong type were refused by REST at this case's steps: all that can be tried."""
    tried = 0
    for one in _taken(procedure):
        for name, field in (one.form or forms.Form).base_fields.items():
            for wrong in WRONG[_type(field)]:
                answer = api.post(f"{address}steps/{one.name}/", {name: wrong}, format="json")
                assert (answer.status_code, list(answer.json()["errors"])) == (422, [name]), (one.name, wrong)
                tried += 1
    return tried


def test_every_input_has_the_type_of_the_schema(case: EmailCase, rini: User, bowo: User) -> None:
    perform(case, "escalate", actor=rini, data={"level": "TEAM_LEADER", "reason": "Pelanggan minta kepastian."})
    one, api, events = Escalation.objects.get(case_id=case.pk), client_of(bowo), Event.objects.count()
    assert refused_types(api, f"/api/cases/{case.pk}/", EmailCase) > 300
    assert refused_types(api, f"/api/escalations/{one.pk}/", Escalation) > 20
    assert Event.objects.count() == events


@pytest.mark.parametrize("body", [[], ["Halo"], "Halo", 5, None, {"mesage": "Halo", "message": "Halo"}])
def test_a_body_is_an_object_of_known_inputs(case: EmailCase, rini: User, body: Any) -> None:
    answer = client_of(rini).post(f"/api/cases/{case.pk}/steps/write/", body, format="json")
    assert (answer.status_code, answer.json()["title"]) == (422, "invalid_input")
    assert not OutboundMail.objects.filter(purpose="reply").exists()


def test_the_offer_names_the_types(case: EmailCase, rini: User) -> None:
    offers = {one["step"]: one for one in client_of(rini).get(f"/api/cases/{case.pk}/steps/").json()}
    types = {field["name"]: field["type"] for field in offers["write"]["inputs"]}
    assert types == {
        "to": "array", "cc": "array", "formatted": "boolean", "message": "string", "attachments": "file",
        "send_at": "string",
    }  # fmt: skip
