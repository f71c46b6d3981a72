"""Every desk with a case of its own, for tests that hold for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pending.models import PendingRequest
from tenesa.accounts.models import SYSTEM, User
from tenesa.escalation.models import Escalation
from tenesa.workflow.perform import open_case
from tenesa.workspace.desk import Desk
from tests import factories
from tests.workspace.sample.procedure import Visit
from tickets.models import EmailCase

PROCEDURES = [EmailCase, PendingRequest, Escalation, Visit]


@dataclass
class Worked:
    """A desk, somebody who works at it and a case that is theirs."""

    desk: Desk
    person: User
    case: Any


def visit(**changes: Any) -> Visit:
    given = {"customer": "Bonar Nababan", "address": "bonar@samudra.example", "service": "4700112-0045127790"}
    desk = factories.desk()
    case = Visit(desk=desk, mailbox=factories.mailbox(procedure=Visit.procedure_name()), **{**given, **changes})
    return open_case(case, "ask", actor=SYSTEM)
