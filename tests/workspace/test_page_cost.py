"""What the page of a case costs: its questions to the database, and that rows read together are those read alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.db import connection
from django.forms.renderers import DjangoTemplates
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.mail.folders import MailFolder
from tenesa.mail.models import InboundAttachment, OutboundAttachment, OutboundMail
from tenesa.systems.models import ExternalCall, Notice, SystemState
from tenesa.ui.widgets import Renderer
from tenesa.workflow.perform import perform
from tenesa.workflow.readings import gather
from tenesa.workspace import case_page, drafts, side_panels, tags
from tenesa.workspace.desk import desk_of
from tenesa.workspace.models import Note
from tests import factories
from tests.tickets.test_mail_on_cases import call, out
from tests.tickets.watched import PRODUCT, watched
from tests.ui.test_frame import signed_in
from tests.workspace.rooms import Room
from tickets.models import EmailCase, State, ToolCheck

pytestmark = pytest.mark.django_db
MOST = 22  # with everything of the frame: session, person and roles, list, filters, menu


def questions(browser: Client, case: Any) -> int:
    """Of the whole page, when the statements that are written once are written."""
    address = case.get_absolute_url()
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def full(case: EmailCase, user: User) -> EmailCase:
    """Something of every kind that a page shows."""
    InboundAttachment.objects.create(
        mail=case.first_mail, blob=case.first_mail.blob, name="foto.png", content_type="image/png", size=1
    )
    other = factories.opened()
    factories.put(other, State.MERGED, merged_into=case)
    mail = out(case)
    OutboundAttachment.objects.create(mail=mail, blob=case.first_mail.blob, name="surat.pdf")
    asked = {"in_reply_to": case.first_mail.message_id, "procedure": "pending.pendingrequest", "case_id": 1}
    OutboundMail.objects.filter(pk=out(case).pk).update(**asked)
    MailFolder.objects.get_or_create(mailbox=case.mailbox)
    call(case, status="WAITING")
    ExternalCall.objects.create(
        procedure=case.procedure_name(), case_id=case.pk, event=case.last_event(), system="mycx", payload={},
        operation="create_ticket", idempotency_key=f"full-{case.pk}", status="DONE", answered_at=timezone.now(),
    )  # fmt: skip
    drafts.keep(case, user, "note", {"text": "belum selesai"})
    for tool, state in (("nossa", "FAULT"), ("mrtg", "NORMAL"), ("nossa", "NORMAL")):
        ToolCheck.objects.create(case=case, tool=tool, product_id=PRODUCT, state=state, summary="-", by=user)
    said = {"unit": "TA Tegal", "channel": "PHONE", "person": "Udin", "answer": "Siang ini."}
    if case.state == State.MONITORING:
        perform(case, "expedite", actor=user, data=said)
    SystemState.objects.create(system="mrtg", failures=3, retry_at=timezone.now())
    Notice.objects.create(system="nossa", text="Pemeliharaan", until=timezone.now() + timedelta(hours=1), author=user)
    tags.add(case, "gangguan massal", user)
    Note.objects.create(procedure=case.procedure_name(), case_id=case.pk, author=user, text="Catatan.")
    found: EmailCase = EmailCase.objects.get(pk=case.pk)
    return found


def desk(case: Any) -> Any:
    return desk_of(case.procedure_name())


# --- questions -------------------------------------------------------------------------------------------------------
def test_a_page_asks_little_at_every_desk(room: Room) -> None:
    case = room.open()
    assert questions(room.browser, case) <= MOST
    assert questions(room.browser, room.lead_on(case)) <= MOST


@pytest.mark.parametrize("state", ["new", "taken", "watched"])
def test_a_page_of_an_e_mail_case_asks_little_whatever_it_holds(state: str, rini: User) -> None:
    made = {
        "new": factories.opened,
        "taken": lambda: perform(factories.opened(), "take", actor=rini),
        "watched": lambda: watched(rini),
    }
    case = made[state]()
    assert questions(signed_in(rini), case) <= {"new": 14, "taken": 16, "watched": 19}[state]
    assert questions(signed_in(rini), full(case, rini)) <= MOST


# --- read together ---------------------------------------------------------------------------------------------------
def told(row: Any) -> dict[str, Any]:
    """The columns of a row, and the rows that were read with it."""
    found = {
        field.attname: row.__dict__[field.attname]
        for field in row._meta.concrete_fields
        if field.attname in row.__dict__
    }
    return found | {
        name: told(other)
        for name, other in row._state.fields_cache.items()
        if other is not None and not isinstance(other, EmailCase)
    }


def test_rows_read_together_are_those_read_alone(rini: User) -> None:
    case = full(watched(rini), rini)
    together, alone = (EmailCase.objects.get(pk=case.pk) for _one in range(2))
    readings = (*case_page.OF_EVERY_PAGE, *side_panels.readings, *desk(case).readings)
    gather(together, readings)
    for reading in readings:
        with CaptureQueriesContext(connection) as asked:
            found = [told(row) for row in reading.of(together)]
        assert found == [told(row) for row in reading.of(alone)], reading.name
        assert not asked.captured_queries
        assert found or reading.name == "escalations"


def test_a_case_read_for_its_page_is_the_case(rini: User, rf: Any) -> None:
    request = rf.get("/")
    request.user = rini
    for case in (watched(rini), factories.opened()):
        alone = EmailCase.objects.select_related(*desk(case).with_rows).get(pk=case.pk)
        assert told(case_page.visible_case(desk(case), request, case.pk)) == told(alone)


# --- fields ----------------------------------------------------------------------------------------------------------
CHOICES = [("", "—"), ("a", "<A>"), ("Kelompok", [("b", "B & C")])]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (forms.CharField(max_length=9), "<b>'\"&"),
        (forms.CharField(widget=forms.Textarea), "<b>\n&"),
        (forms.CharField(widget=forms.Textarea), ""),
        (forms.ChoiceField(choices=CHOICES), "b"),
        (forms.MultipleChoiceField(choices=CHOICES), ["a", "b"]),
        (forms.IntegerField(min_value=1), 0),
        (forms.BooleanField(), True),
        (forms.DateTimeField(widget=forms.DateTimeInput(attrs={"data-x": '"', "hidden": True, "off": False})), None),
    ],
)
def test_a_field_is_drawn_as_django_draws_it(field: forms.Field, value: Any) -> None:
    attrs = {"id": "x", "aria-describedby": "<&>"}
    drawn = [field.widget.render("name<", value, attrs, renderer=one()) for one in (Renderer, DjangoTemplates)]
    assert drawn[0].split() == drawn[1].split()
