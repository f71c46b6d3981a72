"""Stretches of W-05 that many journeys walk, each step by REST and each answer from the outside awaited."""

from __future__ import annotations

from typing import Any

from segmentation.tools import reads_of
from tests.journeys.desk import Handling
from tests.journeys.post import Customer


def check_segment(case: Handling, segment: str, source: str = "SISKAS") -> None:
    """1.2.2: take the case and confirm what the customer systems say."""
    case.take("take")
    read = case.evidence(source.lower())
    assert read[source.lower()]["measures"]["Segmen"] == segment
    case.take("check_segment", segment=segment, source=source)


def identify_complaint(case: Handling, *product_ids: str, complaint: str = "NEW", incident: str = "") -> None:
    """1.2.5, 1.2.6: a complaint, and what NOSSA knows of each product."""
    case.take("identify", kind="COMPLAINT", complaint=complaint, product_ids=" ".join(product_ids), incident=incident)
    for product_id in product_ids:
        case.evidence("nossa", product_id=product_id)


def trouble_shoot(case: Handling, *product_ids: str) -> None:
    """1.2.7: read every application that knows the products."""
    case.take("start_checks")
    read_everything(case, *product_ids)


def read_everything(case: Handling, *product_ids: str) -> None:
    for product_id in product_ids:
        tools = [read.system for read in reads_of(product_id)]
        case.evidence(*tools, product_id=product_id)


def draft(case: Handling, product_id: str, **reason: str) -> None:
    """1.2.8: search MyCX before a ticket is written."""
    case.take("draft_ticket", search_type="product_id", search_value=product_id, **reason)
    case.evidence("mycx")


def form(customer: Customer, *product_ids: str, **changes: Any) -> dict[str, Any]:
    """The six fields of MyCX and the second look."""
    filled: dict[str, Any] = {
        "product_ids": list(product_ids),
        "reporter_name": customer.name,
        "reporter_phone": "0812-0000-1187",
        "reporter_email": customer.address,
        "symptom": "OFFLINE",
        "description": "Lampu port WAN padam, modem sudah dinyalakan ulang.",
        "rechecked": True,
    }
    return {**filled, **changes}


def to_the_form(case: Handling, segment: str, *product_ids: str, source: str = "SISKAS", **reason: str) -> None:
    """From NEW to the empty ticket form."""
    check_segment(case, segment, source)
    identify_complaint(case, *product_ids)
    trouble_shoot(case, *product_ids)
    draft(case, product_ids[0], **reason)
