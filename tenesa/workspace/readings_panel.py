"""What the outside systems said about a case, at one glance: the newest reading of each, whatever step asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.contact.numbers import masked
from tenesa.systems.applications import label_of
from tenesa.systems.drawings import Drawing, drawing
from tenesa.systems.models import ExternalCall
from tenesa.systems.verdict import Condition, ticket_words
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.case import Case
from tenesa.workflow.perform import refusals
from tenesa.workflow.readings import Reading
from tenesa.workflow.step import Step
from tenesa.workspace.desk import Desk

# What is read, in the order in which it is shown; the answer of each begins with a verdict (tenesa.systems.operations).
READS = (
    ("cti", "category"), ("mycx", "search"), ("siskas", "find_customer"), ("tenoss", "get_service"),
    ("nossa", "get_incident"), ("nossa", "search_by_service"), ("telkom_center", "topology"), ("mrtg", "traffic"),
    ("securecrt", "check"), ("embassy", "line"), ("epayment", "bills"),
)  # fmt: skip
BOOKS = {"mycx", "nossa"}  # what was read there is no longer so once something was entered
ONLY_TELLS = {"cti", "mycx", "siskas", "tenoss"}  # who and what it is, and no verdict
NO_VERDICT = (gettext_lazy("No verdict"), "", "circle-dot")
VERDICTS = {
    Condition.NORMAL: (gettext_lazy("Normal"), "met", "circle-check"),
    Condition.FAULT: (gettext_lazy("Fault"), "breach", "circle-x"),
}
Status = ExternalCall.Status


@dataclass(frozen=True)
class Card:
    """One application as it was read last. `signal` is met, risk, breach or ""; `again`: when it is tried again."""

    tool: str
    ident: str
    about: str
    words: str
    signal: str
    icon: str
    at: datetime
    summary: str = ""
    measures: Mapping[str, str] | None = None
    drawing: Drawing | None = None
    reading: bool = False
    again: datetime | None = None

    @property
    def label(self) -> str:
        return label_of(self.tool)


@dataclass(frozen=True)
class Panel:
    """`step` reads everything again; None where this person may not do so now."""

    cards: list[Card]
    step: Step | None
    key: str

    @property
    def under_way(self) -> int:
        return sum(card.reading for card in self.cards)


def _newest(case: Any) -> QuerySet[ExternalCall]:
    calls = ExternalCall.objects.filter(
        procedure=case.procedure_name(), case_id=case.pk, system__in=sorted({system for system, _operation in READS})
    ).exclude(status=Status.CANCELLED)
    return calls.order_by("system", "operation", "-created_at").distinct("system", "operation")


NEWEST = Reading("newest answers", _newest)


def panel_of(desk: Desk, case: Case, user: User) -> Panel:
    """One question, whatever was read how often; none where the page has gathered `NEWEST`."""
    found = {(call.system, call.operation): call for call in NEWEST.of(case)}
    step = desk.steps.get(desk.reads)
    may = step is not None and case.state in step.source and not step.roles.isdisjoint(user.roles)  # type: ignore[attr-defined]
    may = may and step is not None and not refusals(case, step, user)
    cards = [_card(found[read], _entered(found, read[0])) for read in READS if read in found]
    return Panel(cards, step if may else None, desk.keys.get(desk.reads, ""))


def _entered(found: Mapping[tuple[str, str], ExternalCall], system: str) -> datetime | None:
    """When such a system took something of this case last."""
    calls = [call for read, call in found.items() if read[0] == system and read not in READS and call.succeeded]
    return max((call.answered_at for call in calls if call.answered_at), default=None) if system in BOOKS else None


def _card(call: ExternalCall, entered: datetime | None) -> Card:
    about = next((str(value) for name, value in call.payload.items() if name != "search_type"), "")
    hidden = masked(about) if _is_of_a_person(call) else about
    error = call.error_message.replace(about, hidden) if about else call.error_message
    told: dict[str, Any] = {
        "tool": call.system,
        "ident": f"reading-{call.system}-{call.operation}",
        "about": hidden,
        "at": call.answered_at or call.created_at,
    }
    if call.succeeded and entered is not None and entered > told["at"]:
        words = _("Something was entered after this reading, at %(time)s.") % {"time": when(entered)}
        return Card(**told, words=_("Not read again yet"), signal="", icon="circle-dashed", summary=words)
    if call.succeeded:
        return Card(**told, **_answered(call))
    if call.status in {Status.WAITING, Status.SENDING} and not call.error_code:
        return Card(**told, words=_("Being read …"), signal="", icon="loader-circle", reading=True)
    if call.error_code == "NOT_FOUND":
        return Card(**told, words=_("Not known there"), signal="", icon="circle-dot", summary=error)
    again = call.next_try_at if call.status == Status.WAITING else None
    return Card(
        **told,
        words=_("Could not be read"),
        signal="risk",
        icon="triangle-alert",
        summary=error,
        again=again,
    )


def _is_of_a_person(call: ExternalCall) -> bool:
    """Whether somebody's telephone number was asked for, which pages show half (X-09)."""
    return call.system == "cti" or "phone" in {call.payload.get("search_type"), *call.payload}


def _answered(call: ExternalCall) -> dict[str, Any]:
    answer = call.answer
    words, signal, icon = _("Read"), "", "circle-dot"
    if call.system not in ONLY_TELLS:
        label, signal, icon = VERDICTS.get(answer.get("state", ""), NO_VERDICT)
        words = str(label)
    if call.system == "nossa":
        found = bool(answer.get("incidents") or answer.get("incident"))
        words, signal = ticket_words(answer.get("state", ""), found=found)
        icon = icon if found else "circle-dot"
    return {
        "words": words,
        "signal": signal,
        "icon": icon,
        "summary": answer.get("summary", ""),
        "measures": answer.get("measures") or {},
        "drawing": drawing(call.system, answer),
    }
