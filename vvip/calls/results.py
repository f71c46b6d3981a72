"""Answers of outside systems become steps: the category of CTI."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from segmentation.services import remember_customer, remember_service
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
    """Called with the call locked, in a transaction. What was read stays with the call."""
    case = SpecialCase.objects.get(pk=call.case_id)
    if (call.system, call.operation) == ("cti", "category"):
        _category(case, call)
        return
    if call.system == "siskas" and call.succeeded:
        _remember(call.answer)


def _category(case: SpecialCase, call: ExternalCall) -> None:
    """CTI down is a finding as well: the class is read from our list alone, and says so."""
    said = str(call.answer.get("category") or "")
    known = {"VVIP": Category.VVIP, "REGULAR": Category.REGULAR}.get(said, Category.NO_ENTRY)
    category = known if call.succeeded else Category.DOWN
    if case.category != category or case.category_at is None:
        _take(case, "keep_category", category=category)


def _remember(answer: Mapping[str, Any]) -> None:
    """A caller whom we did not know is found by their number from now on."""
    customer = remember_customer(answer["customer"], source="SISKAS", contacts=answer.get("contacts"))
    for service in answer.get("services") or ():
        remember_service(customer, service)


def _take(case: Any, step: str, **inputs: Any) -> None:
    try:
        perform(case, step, actor=SYSTEM, **inputs)
    except Refusal as refusal:
        logger.info("%s: %s not taken: %s", case, step, refusal)
