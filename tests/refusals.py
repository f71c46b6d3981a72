"""Refused means nothing happened: step x role x state, generated from a procedure; what the matrices share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import connection

from pending.models import Attempt, PendingRequest
from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event
from tenesa.commitments.models import Commitment
from tenesa.escalation.models import Escalation
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.timers.models import Mark, Timer
from tenesa.workflow.case import Case
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, Refusal, UnknownStep
from tenesa.workflow.perform import perform
from tenesa.workflow.step import steps_of
from tenesa.workspace.models import Note
from tickets.models import EmailCase, Expedite, Line, ToolCheck

People = Mapping[Role, User]
TABLES: tuple[Any, ...] = (
    EmailCase, Escalation, Line, Note, ToolCheck, Event, OutboundMail, ExternalCall, Timer, Mark, Expedite,
    PendingRequest, Attempt, Commitment,
)  # fmt: skip


EVERYTHING = " UNION ALL ".join(f"SELECT '{t}', r::text FROM {t} r" for t in (one._meta.db_table for one in TABLES))


def everything() -> list[tuple[str, str]]:
    """Every row of every table that a step may touch, as text."""
    with connection.cursor() as cursor:
        cursor.execute(f"{EVERYTHING} ORDER BY 1, 2")
        return list(cursor.fetchall())


def refuses_other_roles(case: Case, name: str, people: People) -> None:
    """403 for every role that the step does not name."""
    before = everything()
    for role, user in people.items():
        if role in steps_of(type(case))[name].by:
            continue
        with pytest.raises((NotYourStep, UnknownStep)) as refused:
            perform(case, name, actor=user, data={})
        assert refused.value.status in {403, 404}
    assert everything() == before


def refuses_other_states(case: Case, state: str, people: People) -> None:
    """409 with words for every step that does not begin in this state, whoever it is for."""
    before = everything()
    for name, step in steps_of(type(case)).items():
        actor: Actor | None = next((user for role, user in people.items() if role in step.by), None)
        if Role.SYSTEM in step.by:
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
        for role in sorted(step.by & set(people)):
            if state not in step.source or not (step.guards or step.asks):
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
