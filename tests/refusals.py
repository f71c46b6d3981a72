"""Refused means nothing happened: step x role x state, generated from a procedure; what the matrices share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model

from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.accounts.roles import Role
from tenesa.workflow.case import Case
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, Refusal, UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workflow.procedures import procedures
from tenesa.workflow.step import steps_of

People = Mapping[Role, User]


def _tables() -> Iterator[str]:
    """Every table that a step may touch: the cases, what names a case by (procedure, case_id), and the rows of both."""
    named = [one for one in apps.get_models() if {"procedure", "case_id"} <= {f.attname for f in one._meta.fields}]
    cases = {*procedures().values(), *named}
    rows = {*cases, *_pointing_at(cases)}
    return (one._meta.db_table for one in (*rows, *(_pointing_at(rows) - rows)))


def _pointing_at(models: set[type[Model]]) -> set[type[Model]]:
    return {one for one in apps.get_models() if models & {field.related_model for field in one._meta.fields}}


EVERYTHING = " UNION ALL ".join(f"SELECT '{t}', r::text FROM {t} r" for t in _tables())


def everything() -> list[tuple[str, str]]:
    """Every row of every table that a step may touch, as text."""
    with connection.cursor() as cursor:
        cursor.execute(f"{EVERYTHING} ORDER BY 1, 2")
        return list(cursor.fetchall())


def refuses_other_roles(case: Case, name: str, people: People) -> None:
    """403 for every role that the step does not name."""
    before = everything()
    for role, user in people.items():
        if role in steps_of(type(case))[name].roles:
            continue
        with pytest.raises((NotYourStep, UnknownStep)) as refused:
            perform(case, name, actor=user, data={})
        assert refused.value.status in {403, 404}
    assert everything() == before


def refuses_other_states(case: Case, state: str, people: People) -> None:
    """409 with words for every step that does not begin in this state, whoever it is for."""
    before = everything()
    for name, step in steps_of(type(case)).items():
        actor: Actor | None = next(
            (user for role, user in people.items() if role in step.roles and case.is_seen_by(user)), None
        )
        if Role.SYSTEM in step.roles:
            actor = SYSTEM
        if state in step.source or actor is None:
            continue
        with pytest.raises(NotNow) as refused:
            perform(case, name, actor=actor, data={})
        assert refused.value.status == 409
        assert refused.value.reasons[0]
    assert everything() == before


def refuses_what_is_missing(case: Case, state: str, people: People, restore: Callable[[], Case]) -> int:
    """Nobody holds the case and no input is given: whatever the step needs, it is missing. Counts the refusals; a step
    that needs nothing is taken, and `restore` brings the case back."""
    refused, before = 0, everything()
    for name, step in steps_of(type(case)).items():
        for role in sorted(step.roles & set(people)):
            if state not in step.source or not (step.guards or step.form):
                continue
            try:
                perform(case, name, actor=people[role], data={})
            except (NotNow, InvalidInput):
                refused += 1
                assert everything() == before
            else:
                case, before = restore(), everything()
    return refused


def is_not_there(case: Case, stranger: User) -> None:
    """404 (or 403) for somebody who may not know of the case."""
    before = everything()
    for name in steps_of(type(case)):
        with pytest.raises(Refusal) as refused:
            perform(case, name, actor=stranger, data={})
        assert refused.value.status in {403, 404}
    assert everything() == before
