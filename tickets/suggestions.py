"""The next step of an e-mail case, by what is known of it: first the ways around, then the document's order."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.roles import Role
from tenesa.ui.templatetags.ui import clock
from tenesa.workspace import case_mail
from tenesa.workspace.case_calls import calls_on_the_way
from tenesa.workspace.suggestions import Suggestion
from tickets.customer_words import suggested_need
from tickets.states import (
    BEFORE_THE_NEED,
    OPEN,
    SERVED,
    WAITING_FOR_TAKER,
    WATCHED,
    WORKED_ON,
    CheckState,
    State,
    Unread,
)

if TYPE_CHECKING:
    from tickets.models import EmailCase

REFUSES = re.compile(r"\b(bukan|salah|keliru|tidak termasuk|kembalikan|dikembalikan)\b", re.IGNORECASE)
ANSWERS = {"return_escalation": "answer", "take_escalated": "decision"}  # step → where its words stand


def failed_mail(case: EmailCase) -> str:
    failed = case_mail.failed(case)
    return _("The mail to %(who)s did not arrive.") % {"who": ", ".join(failed[0].to)} if failed else ""


def triage(case: EmailCase) -> str:
    return _("Triage: %(why)s") % {"why": case.triage} if case.triage else ""


def nobodys(case: EmailCase) -> str:
    return "" if case.owner_id else _("Nobody holds it yet.")


def segment_named(case: EmailCase) -> str:
    """What the systems, or a unit, say of the segment; that nobody says anything is a reason to look, too."""
    if said := case.unit_said():
        return _("Unit: %(said)s") % {"said": said}
    named = dict.fromkeys(f"{system}: {segment}" for system, segment in case.segments_named())
    return " · ".join(named) or _("Segment not sure: neither SISKAS nor TENOSS has named it.")


def need_named(case: EmailCase) -> str:
    """The segment that leads here, and what mail and NOSSA say of the need."""
    return " ".join(filter(None, [segment_is(case), suggested_need(case)[2]]))


def segment_is(case: EmailCase) -> str:
    return _("Segment %(segment)s.") % {"segment": case.get_segment_display()}


def runs_already(case: EmailCase) -> str:
    running = [line for line in case.all_lines if line.incident and line.incident.is_open and not line.opened_here]
    if not running or case.complaint != "NEW":
        return ""
    return _("NOSSA: %(number)s is open already, so the customer asks for progress.") % {
        "number": running[0].incident_number
    }


def asked_about(case: EmailCase) -> str:
    return _("Asks for the progress of %(what)s.") % {"what": ", ".join(map(str, case.all_lines))}


def sent_numbers(case: EmailCase) -> str:
    """Numbers in the mail that came on our request."""
    found = case.last_mail.extracted
    own = found.get("own", [*found.get("incidents", ()), *found.get("product_ids", ())])
    if case.unread_by != Unread.CUSTOMER or not own:
        return ""
    return _("The customer sent %(numbers)s.") % {"numbers": ", ".join(own)}


def nossa_says(case: EmailCase) -> str:
    """Status of the newest ticket, and since when."""
    incident = case.newest_incident()
    if incident is None:
        return ""
    at = clock(parse_datetime(incident.facts.get("status_at") or "") or incident.read_at)
    return _("NOSSA: %(number)s %(status)s since %(time)s.") % {
        "number": incident.number,
        "status": incident.status,
        "time": at,
    }


def nossa_knows_none(case: EmailCase) -> str:
    return _("NOSSA knows no open ticket of %(what)s.") % {"what": ", ".join(map(str, case.all_lines))}


def product_known(case: EmailCase) -> str:
    return nossa_knows_none(case) if case.products else ""


def checks_say(state: str) -> Callable[[EmailCase], str]:
    def why(case: EmailCase) -> str:
        if case.worst_check() != state:
            return ""
        said = [one for one in case.newest_checks() if one.state == state]
        return " · ".join(f"{one.tool_label}: {one.words}" for one in said[:3])

    return why


def not_in_mycx(case: EmailCase) -> str:
    if case.ticket_problem:
        return _("MyCX refused: %(why)s") % {"why": case.ticket_problem}
    if any(call.system == "mycx" for call in calls_on_the_way(case)):
        return _("MyCX is still being searched: wait for what it says.")
    if number := case.mycx_ticket():
        return _("MyCX: %(number)s is open already.") % {"number": number}
    if any(check.tool == "mycx" and check.state != CheckState.FAILED for check in case.all_checks):
        return _("MyCX knows no open ticket of %(what)s.") % {"what": case.product_ids_text()}
    return _("The ticket is not in MyCX yet.")


def wrote_again(case: EmailCase) -> str:
    return _("The customer wrote again.") if case.unread_by == Unread.CUSTOMER else ""


def told(case: EmailCase) -> str:
    return "" if case.unread else _("The customer was told, and nothing is unread.")


def unit_refuses(case: EmailCase) -> str:
    said = case.unit_said()
    return _("Unit: %(said)s") % {"said": said} if REFUSES.search(said) else ""


def unit_answered(case: EmailCase) -> str:
    return _("Unit: %(said)s") % {"said": case.unit_said()} if case.unit_said() else ""


def escalation_answered(case: EmailCase) -> str:
    event = case.last_event()
    if event.step not in ANSWERS:
        return ""
    return _("Escalation answered: %(answer)s") % {"answer": event.data.get(ANSWERS[event.step], "")}


def due(*clocks: str) -> Callable[[EmailCase], str]:
    def why(case: EmailCase) -> str:
        if case.urgent_for not in clocks or case.urgent_at > timezone.now():
            return ""
        words = _("Update of the customer due since %(time)s.")
        if "progress_update" not in clocks:
            words = _("The unit is to be asked since %(time)s.")
        return words % {"time": clock(case.urgent_at)}

    return why


def nossa_moved(case: EmailCase) -> str:
    return nossa_says(case) if case.unread_by == Unread.NOSSA else ""


def void_proposed(case: EmailCase) -> str:
    return case.reason


INFORMED = (State.FORWARDED, State.INFO_ANSWERED, State.NORMAL_INFORMED, State.RECOVERED_INFORMED)
CLASSIFIED, PROGRESS_LOOKUP = (State.CLASSIFIED,), (State.PROGRESS_LOOKUP,)
TABLE = (
    Suggestion(OPEN, "resend", failed_mail),
    Suggestion(WORKED_ON, "answer_by_phone", failed_mail),
    Suggestion((*WAITING_FOR_TAKER, *BEFORE_THE_NEED), "settle_triage", triage),
    Suggestion(WAITING_FOR_TAKER, "take", nobodys, to=(Role.AGENT_EMAIL,)),
    Suggestion(WORKED_ON, "pick_up", nobodys, to=(Role.AGENT_EMAIL,)),
    Suggestion(WAITING_FOR_TAKER, "assign", nobodys),
    Suggestion(WORKED_ON, "take_over", nobodys),
    Suggestion((State.VOID_PROPOSED,), "confirm_void", void_proposed),
    Suggestion(BEFORE_THE_NEED, "split", lambda case: case.mixed_segments()),
    Suggestion((State.ASSIGNED,), "check_segment", segment_named, whole=True),
    Suggestion((State.SEGMENT_CHECKED,), "hand_over_dcs", segment_is),
    Suggestion((State.SEGMENT_CHECKED,), "refer", segment_is),
    Suggestion((State.SEGMENT_CHECKED,), "identify", need_named, whole=True),
    Suggestion(CLASSIFIED, "answer_information", gettext_lazy("The customer asks for information.")),
    Suggestion(CLASSIFIED, "hand_over_request", gettext_lazy("A request of a DBS customer (W-05 1.2.4).")),
    Suggestion(CLASSIFIED, "accept_request", gettext_lazy("A request of a DES or DGS customer.")),
    Suggestion(CLASSIFIED, "ask_product", gettext_lazy("The product id is missing.")),
    Suggestion(CLASSIFIED, "identify", runs_already),
    Suggestion(CLASSIFIED, "start_checks", nossa_knows_none),
    Suggestion(CLASSIFIED, "ask_reference", gettext_lazy("Ticket number and product id are missing.")),
    Suggestion(CLASSIFIED, "look_up", asked_about),
    Suggestion((State.NEED_REFERENCE,), "receive_reference", sent_numbers, whole=True),
    Suggestion((State.NEED_REFERENCE,), "receive_product", sent_numbers, whole=True),
    Suggestion(PROGRESS_LOOKUP, "tell_progress", nossa_says),
    Suggestion(PROGRESS_LOOKUP, "take_as_new", product_known),
    Suggestion(PROGRESS_LOOKUP, "ask_again", nossa_knows_none),
    Suggestion((State.TROUBLESHOOTING,), "draft_ticket", checks_say(CheckState.FAULT), whole=True),
    Suggestion((State.TROUBLESHOOTING,), "tell_normal", checks_say(CheckState.NORMAL)),
    Suggestion((State.TICKET_DRAFT,), "submit_ticket", not_in_mycx),
    Suggestion((State.TICKET_SUBMITTING,), "enter_ticket", gettext_lazy("MyCX did not answer to the last try.")),
    Suggestion(SERVED, "tell_recovery", nossa_says),
    Suggestion(WATCHED, "look_up_again", wrote_again),
    Suggestion(SERVED, "send_update", escalation_answered),
    Suggestion(SERVED, "send_update", due("progress_update")),
    Suggestion(SERVED, "expedite", due("nossa_silent", "expedite_next")),
    Suggestion(SERVED, "send_update", nossa_moved),
    Suggestion((State.TICKET_OPEN, State.PROGRESS_INFORMED), "watch", nossa_says),
    Suggestion((State.NORMAL_INFORMED,), "check_again", wrote_again),
    Suggestion((State.INFO_ANSWERED,), "identify", wrote_again),
    Suggestion((State.FORWARDED, State.REQUEST_IN_PROGRESS), "return_from_unit", unit_refuses),
    Suggestion((State.REQUEST_IN_PROGRESS,), "finish_request", unit_answered),
    Suggestion(INFORMED, "close", told),
)
