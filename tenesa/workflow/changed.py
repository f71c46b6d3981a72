"""Rows of a case that change without a step: what became of a mail or a call is told like a step."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from tenesa.workflow.perform import announce
from tenesa.workflow.procedures import procedures


def changed(procedure: str, case_id: int) -> None:
    """After commit, tell who listens that this case shows something else now, and the one it was merged into.

    For whoever writes a row of a case page outside of `perform`, which tells by itself.
    """
    transaction.on_commit(partial(_announce, procedure, case_id), robust=True)


def _announce(procedure: str, case_id: int) -> None:
    model = procedures().get(procedure)
    case = model._default_manager.filter(pk=case_id).first() if model else None
    if case is None:
        return
    announce(case)
    if (living := case.current()).pk != case.pk:
        announce(living)
