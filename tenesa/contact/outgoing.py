"""What a step says about a call to a customer: dial with the step, and keep what came of it in the log of all desks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from tenesa.accounts.models import User
from tenesa.contact import dialling, log
from tenesa.contact.dialling import Callee
from tenesa.contact.models import Dial
from tenesa.contact.numbers import normal
from tenesa.systems.errors import SystemError_
from tenesa.workflow.errors import NotNow
from tenesa.workflow.step import AddRow, Outgoing

if TYPE_CHECKING:
    from tenesa.audit.models import Event
    from tenesa.workflow.case import Case


@dataclass(frozen=True)
class Dialled:
    """The dial is claimed by the contact rules with the step; raises NotNow where they forbid it."""

    callee: Callee
    agent: User
    key: UUID

    def write(self, case: Case, event: Event) -> None:
        claimed = dialling.claim(self.callee, normal(self.callee.number), agent=self.agent, key=self.key)
        transaction.on_commit(partial(_ring, self.callee, self.agent, claimed.key))


@dataclass(frozen=True)
class HungUp:
    """A call that still rings is ended once the step is stored, so that the softphone is free for the next one."""

    dial: Dial
    agent: User

    def write(self, case: Case, event: Event) -> None:
        transaction.on_commit(partial(_end, self.dial, self.agent))


def _end(dial: Dial, agent: User) -> None:
    """What the softphone does not do now its log tells later."""
    try:
        dialling.hang_up(dial, agent)
        dialling.refresh(dial, agent)
    except SystemError_:
        return


def _ring(callee: Callee, agent: User, key: UUID) -> None:
    """What the softphone refuses stands at the dial; the page says it, and the agent dials again."""
    try:
        dialling.dial(callee, callee.number, agent=agent, key=key)
    except NotNow:
        return


def attempted(
    callee: Callee, *, agent: User, at: datetime, result: str, dial: Dial | None, number: str = "", **told: Any
) -> Iterator[Outgoing]:
    """The attempt as a row of the log; how a call went that has not ended yet is asked by the outbox.

    `told` are the other columns that the step's inputs say. Without `number` it is the dialled one, else the usual one.
    """
    if dial is not None and dial.call_id and not dial.ended_at:
        yield dialling.log_of(dial)
    yield AddRow(
        log.attempt(
            person=callee.person, number=number or (dial.number if dial else callee.number), purpose=callee.purpose,
            procedure=callee.procedure, case_id=callee.case_id, agent=agent, at=at, result=result, dial=dial, **told,
        )
    )  # fmt: skip
