"""Visits of the sample procedure, opened by the real door; `placed` alone puts one into a state."""

from __future__ import annotations

from typing import Any

from tenesa.accounts.models import SYSTEM
from tenesa.workflow.perform import open_case
from tests import factories
from tests.workspace.sample.procedure import Visit


def visit(**changes: Any) -> Visit:
    given = {"customer": "Bonar Nababan", "address": "bonar@samudra.example", "service": "4700112-0045127790"}
    mailbox = factories.mailbox()
    return open_case(Visit(desk=mailbox.desk, mailbox=mailbox, **{**given, **changes}), "ask", actor=SYSTEM)


def placed(state: str) -> Visit:
    pk = visit().pk
    Visit.objects.filter(pk=pk).update(state=state)
    found: Visit = Visit.objects.get(pk=pk)
    return found
