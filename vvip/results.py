"""Answers of outside systems become steps: the category of CTI."""

from __future__ import annotations

import logging
from typing import Any

from tenesa.accounts.models import SYSTEM
from tenesa.systems import registry
from tenesa.systems.models import ExternalCall
from tenesa.workflow.errors import Refusal
from tenesa.workflow.perform import perform
from vvip.calls.states import Category
from vvip.models import SpecialCase

logger = logging.getLogger(__name__)


def register() -> None:
    registry.register_results(SpecialCase.procedure_name(), call_answered)


def call_answered(call: ExternalCall) -> None:
    """Called with the call locked, in a transaction. CTI down is a finding as well: the class is read from our list
    alone, and says so."""
    if (call.system, call.operation) != ("cti", "category"):
        return
    category = str(call.answer.get("category") or "") if call.succeeded else Category.DOWN
    known = category if category in Category.values else Category.REGULAR
    _take(SpecialCase.objects.get(pk=call.case_id), "keep_category", category=known)


def _take(case: Any, step: str, **inputs: Any) -> None:
    try:
        perform(case, step, actor=SYSTEM, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", case, step, refusal)
