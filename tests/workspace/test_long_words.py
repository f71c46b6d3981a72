"""What a form lets through the columns take: every text of every step that a person can take, as long as it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ObjectDoesNotExist
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django_fsm import InvalidResultState

from tenesa.accounts.models import User
from tenesa.workflow import perform as door
from tenesa.workflow.case import Case
from tenesa.workflow.errors import InvalidInput, NotNow
from tenesa.workflow.step import Step
from tenesa.workspace.desk import Desk, desks
from tests import factories
from tests.oracle.world import everybody, placed
from vvip.calls.states import AT_TIER2
from vvip.models import SpecialCase

pytestmark = pytest.mark.django_db
SAMPLES = ("081234567890", "IN10482219", "1", "a@b.example")  # of texts that have a form of their own
Arrangement = Callable[[Any, User], object]


def sets(**columns: Any) -> Arrangement:
    return lambda case, _actor: type(case).objects.filter(pk=case.pk).update(**columns)


def _call(state: str) -> Arrangement:
    return lambda callback, _actor: SpecialCase.objects.filter(pk=callback.call_id).update(state=state)


def _complaint(case: Any, actor: User) -> None:
    sets(kind="COMPLAINT", segment="DCS", state_before="ASSIGNED")(case, actor)
    for product_id in ("1220555123", "1220555124"):
        case.lines.create(product_id=product_id)


def _owned(case: Any, actor: User) -> None:
    sets(owner=actor, emergency_owner=actor)(case, actor)


def _payer(case: Any, actor: User) -> None:
    factories.desk("147")
    sets(payer_confirmed_at=timezone.now())(case, actor)


ARRANGED: Mapping[str, Sequence[Arrangement]] = {  # what a step needs beyond its state, tried in turn
    "cases": [_complaint, sets(segment="DBS")],
    "callbacks": [_call(state) for state in AT_TIER2],
    "calls": [_owned],
    "prospects": [_payer],
}
ELSEWHERE = {
    "answer_by_phone",
    "ask_beyond",
    "keep",
    "keep_agreement",
    "merge",
    "unmerge",
}  # they need more than a case


def texts_of(form: Any) -> dict[str, int]:
    """The longest that each text may be."""
    found = {name: field.max_length for name, field in form.fields.items() if isinstance(field, forms.CharField)}
    return {name: longest for name, longest in found.items() if longest}


def candidates(bound: forms.BoundField, longest: int | None) -> Iterator[Any]:
    field, choices = bound.field, [value for value, _label in getattr(bound.field, "choices", ()) if value]
    if longest:
        yield "m" * longest
    if bound.initial not in (None, "", []):
        yield bound.value()
    if isinstance(field, forms.BooleanField):
        yield "on"
    elif isinstance(field, forms.MultipleChoiceField):
        yield from (choices, choices[:1])
    elif isinstance(field, forms.ModelChoiceField):
        yield from (getattr(value, "value", value) for value in choices[:1])
    elif isinstance(field, forms.ChoiceField):
        yield from choices
    elif isinstance(field, forms.DateTimeField):
        yield from (f"{timezone.localtime() + timedelta(hours=n):%Y-%m-%d %H:%M}" for n in (3, -1))
    elif isinstance(field, forms.DateField):
        yield f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    yield from SAMPLES
    if not field.required:
        yield ""


def filled(step: Step, case: Case, actor: User) -> dict[str, Any]:
    """Inputs of a step, each text as long as its form takes it; where a text is refused so long, what it takes."""
    make: Any = step.form
    form = make(case=case, actor=actor)
    longest = texts_of(form)
    left = {name: list(candidates(form[name], longest.get(name))) for name in form.fields}
    chosen = [name for name, field in form.fields.items() if type(field) is forms.ChoiceField]
    while True:
        data = {name: values[0] for name, values in left.items()}
        form = make(data, {}, case=case, actor=actor)
        wrong = chosen[:1] if set(form.errors) == {NON_FIELD_ERRORS} else [*form.errors]
        others = [name for name in wrong if len(left.get(name, ())) > 1]
        if not others:
            return data
        for name in others:
            del left[name][0]


def taken(desk: Desk, step: Step, people: Mapping[Any, User]) -> bool:
    """Whether the step was taken from some state, with long words. DataError where a column is too narrow for them."""
    actor = next(user for role, user in people.items() if role in step.roles)
    for state in step.source:
        for arrange in [*ARRANGED.get(desk.slug, []), sets(version=1)]:
            savepoint = transaction.savepoint()
            try:
                arrange(case := placed(desk.model, state, people), actor)
                case = desk.model._default_manager.get(pk=case.pk)
                with transaction.atomic():
                    door.perform(case, step.name, actor=actor, data=filled(step, case, actor))
            except (InvalidInput, NotNow, InvalidResultState, IntegrityError, ObjectDoesNotExist):
                continue
            finally:
                transaction.savepoint_rollback(savepoint)
            return True
    return False


@pytest.mark.parametrize("desk", desks(), ids=lambda desk: desk.slug)
def test_what_a_form_lets_through_is_stored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_check_guards", lambda *_args: None)
    people, too_long, left = everybody(), {}, set()
    for name, step in desk.steps.items():
        if step.form is None or not step.by_people or step.opens:
            continue
        actor = next(user for role, user in people.items() if role in step.roles)
        texts = texts_of(step.form(case=placed(desk.model, step.source[0], people), actor=actor))
        try:
            if texts and not taken(desk, step, people):
                left.add(name)
        except DataError as error:
            too_long[name] = str(error).strip()
    assert too_long == {}
    assert left <= ELSEWHERE
