"""What stands in the fields of a step before anybody typed: known of this case, or declared here with its reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from segmentation.models import Customer
from tenesa.accounts.models import User
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.workflow.case import Case
from tenesa.workflow.step import StepForm
from tenesa.workspace.suggestions import is_whole
from tests import factories
from tests.workspace.rooms import Room
from tickets.forms import SegmentForm
from tickets.models import EmailCase

pytestmark = pytest.mark.django_db
DECLARED = {  # the beginning of a field's name → why it stands there although nobody said it of this case
    "owner": "a leader takes over themselves",
    "level": "P-05 7.8: to the team leader",
    "until": "what the unit asked for, to the second, is what the customer is asked",
    "source": "by hand, where no system named a segment",
    "gate_": "ADR-0040: QC changes what is not so",
    "score": "ADR-0040: QC changes what is not so",
    "mine": "an appointment stays with whoever made it",
    "how": "the first way that is open",
    "amount_told": "requirements 8.1: the arrears of this case with the fine of the dated policy",
    "review_due": "a year after this review",
    "called_at": "now",
    "relation": "P-01 5.2: the step says that the person of the list is the payer",
    "promised_on": "P-01 5.2: a proposal, which the customer's clear yes confirms",
    "reason": "P-01 5.2: a proposal, which the customer's clear yes confirms",
    "offer": "P-01 5.2: a proposal, which the customer's clear yes confirms",
    "opened_at": "when the script was shown",
    "all_matched": "W-26 5.2.3: the questions named beside the button, which a person states by it",
    "version": "the script that is shown",
    "channel": "by this form",
    "description": "the customer's own words, in one paragraph",
    "unit_note": "subject and own words of the customer's mail",
    "related_product": "the catalogue names it for a service of this case; the composer shows it",
    "kind": "the only need that the customer's words name; a person's key takes it",
    "complaint": "what NOSSA answered for every product of the mail",
    "symptom": "the first symptom that the customer's words name",
}
OURS = {"source", "segment_source"}  # columns that say where a row came from, not what it is


def rows_of(case: Case) -> Iterator[Model]:
    """The case, what it names, what names it, and its mails."""
    yield case
    for field in case._meta.concrete_fields:
        if field.is_relation and (row := getattr(case, field.name)) is not None and not isinstance(row, User):
            yield row
    for model in apps.get_models():
        keys = [field for field in model._meta.concrete_fields if field.related_model is type(case)]
        for key in keys:
            yield from model._default_manager.filter(**{key.name: case})
    mine = {"procedure": case.procedure_name(), "case_id": case.pk}
    yield from InboundMail.objects.filter(**mine)
    yield from OutboundMail.objects.filter(**mine)


def known(case: Case) -> str:
    """All that is stored of the case, as one text."""
    rows = [
        {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in OURS}
        for row in rows_of(case)
    ]
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, default=str)


def strangers(form: StepForm, told: str) -> list[str]:
    found = []
    for bound in form:
        values = bound.initial if isinstance(bound.initial, list | tuple) else [bound.initial]
        for value in values:
            if value in (None, "", False) or any(bound.name.startswith(name) for name in DECLARED):
                continue
            if isinstance(value, datetime):
                value = json.loads(json.dumps(value.astimezone(UTC), cls=DjangoJSONEncoder))  # noqa: PLW2901
            if str(value) not in told:
                found.append(f"{bound.name}={value!r}")
    return found


def test_what_stands_in_a_field_is_known_of_this_case(room: Room) -> None:
    room.open()  # another one, whose values must not come here
    for made in (room.open(), room.lead_on(room.open())):
        case, found = room.again(made), {}
        told = known(case)
        for name, step in room.desk.steps.items():
            if step.form is None or step.opens or not step.by_people:
                continue
            worker = next(user for role, user in room.people.items() if role in step.roles)
            if strange := strangers(step.form(case=case, actor=worker), told):
                found[name] = strange
        assert found == {}


def test_a_choice_that_has_to_be_made_begins_with_none(room: Room) -> None:
    case = room.again(room.open())
    for name, step in room.desk.steps.items():
        if step.form is None or step.opens or not step.by_people:
            continue
        worker = next(user for role, user in room.people.items() if role in step.roles)
        for bound in step.form(case=case, actor=worker):
            if type(bound.field.widget) is forms.Select and bound.field.required and bound.initial in (None, ""):
                choices: Any = bound.field.choices  # type: ignore[attr-defined]
                assert not list(choices) or next(iter(choices))[0] == "", (name, bound.name)


def test_a_key_takes_at_once_only_what_asks_for_nothing(room: Room) -> None:
    """Without required fields a form is taken as it stands, unless it says that something has to be entered."""
    case, refused = room.again(room.open()), []
    for name, step in room.desk.steps.items():
        if step.form is None or step.opens or not step.by_people:
            continue
        worker = next(user for role, user in room.people.items() if role in step.roles)
        form = step.form(case=case, actor=worker)
        if form.fields and not (form.asks or any(field.required for field in form.fields.values())):
            refused += [] if is_whole(form) else [name]
    assert refused == []


def test_a_segment_comes_from_what_was_read_for_this_case(rini: User) -> None:
    """The customer's own row tells of other cases: nobody has read it for this one."""
    customer = Customer.objects.create(reference="1", name="PT Samudra", segment="DES", source="SISKAS")
    case = factories.put(factories.opened(), "ASSIGNED", owner=rini, customer=customer)
    form = SegmentForm(case=case, actor=rini)
    assert (form["segment"].value(), form["source"].value()) == (None, "MANUAL")
    case.checks.create(tool="tenoss", state="NORMAL", summary="-", snapshot={"customer": {"segment": "DES"}})
    form = SegmentForm(case=EmailCase.objects.get(pk=case.pk), actor=rini)
    assert (form["segment"].value(), form["source"].value()) == ("DES", "TENOSS")


def test_where_two_systems_differ_nothing_stands_there(rini: User) -> None:
    case = factories.put(factories.opened(), "ASSIGNED", owner=rini)
    for tool, segment in (("siskas", "DES"), ("tenoss", "DBS")):
        case.checks.create(tool=tool, state="NORMAL", summary="-", snapshot={"customer": {"segment": segment}})
    form = SegmentForm(case=EmailCase.objects.get(pk=case.pk), actor=rini)
    assert (form["segment"].value(), form["source"].value()) == (None, None)
