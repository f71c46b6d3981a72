"""What is asked about a case, on that case's own page, with the decisions that the person there may make."""

from __future__ import annotations

from dataclasses import dataclass

from tenesa.accounts.models import User
from tenesa.escalation.models import Escalation
from tenesa.workflow.offered import Offer, offered
from tenesa.workspace.case_page import deadline
from tenesa.workspace.desk import Desk, Words
from tenesa.workspace.rail import Bound, RailOffer
from tenesa.workspace.step_names import NOTE


@dataclass(frozen=True)
class OpenRequest:
    """`signal` is "" where no clock runs; `blocked` says why nothing can be done."""

    obj: Escalation
    holder: Words
    signal: str
    offers: list[RailOffer]
    blocked: list[str]


def open_request(desk: Desk, one: Escalation, user: User, bound: Bound | None = None) -> OpenRequest:
    every = [offer for offer in offered(one, user) if offer.step.name != NOTE]
    offers = [_drawn(desk, offer, bound) for offer in every if offer.allowed]
    reasons = dict.fromkeys(why for offer in every for why in offer.refusals)
    due = deadline(desk, one)
    return OpenRequest(one, desk.holder(one), due.signal if due else "", offers, [] if offers else list(reasons))


def _drawn(desk: Desk, offer: Offer, bound: Bound | None) -> RailOffer:
    refused = bound is not None and bound[0] == offer.step.name
    form = bound[1] if bound and refused else offer.form
    return RailOffer(offer.step, form, [], desk.keys.get(offer.step.name, ""), open=refused)
