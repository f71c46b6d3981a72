"""What is measured of the e-mail service: the KPIs of P-05 7, response time, accuracy, and what is counted beside them.

Each measure is told from a case's whole history, so it can be measured again at any time. The documents name the KPIs
but no number: every target is lokal (ADR-0015).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import pairwise

from django.utils.translation import gettext_lazy as _

from segmentation.segments import Segment
from tenesa.audit.models import Event
from tenesa.mail.models import InboundMail
from tenesa.reporting.registry import Kpi
from tenesa.systems.applications import LABELS
from tickets.clocks import ends_response
from tickets.measures.case_history import (
    CAME_BACK,
    OPENINGS,
    CaseHistory,
    Occurrence,
    by_person,
    seconds,
    writing_steps,
)
from tickets.states import WATCHED, CheckState, Kind, SegmentSource, State, Symptom

Measure = Callable[[CaseHistory], Iterable[Occurrence]]
measures: list[tuple[Kpi, Measure]] = []

READ_IN = dict(SegmentSource.choices)
TYPES = {**dict(Kind.choices), "": _("not identified")}
# Where no clock of its own ran (lokal: ADR-0005)
FIRST_RESPONSE, GROUP_REPLY = timedelta(hours=1), timedelta(hours=4)


def measure(kpi: Kpi) -> Callable[[Measure], Measure]:
    def keep(measure: Measure) -> Measure:
        measures.append((kpi, measure))
        return measure

    return keep


# --- P-05 7: one KPI an activity --------------------------------------------------------------------------------------
@measure(Kpi(
    "need", _("Need recorded"), "P-05 7.1", activity="7.1", target=0.98,
    counted=_("cases in which a person wrote to the customer for the first time"),
    met=_("the need, for a complaint also old or new, had been recorded by then; or DCS, where nobody asks for it"),
    source="identify, check_segment → first letter",
))  # fmt: skip
def need(history: CaseHistory) -> Iterator[Occurrence]:
    first = next((event for event in history.events if event.step in writing_steps() and by_person(event)), None)
    if first is not None:
        before = [event for event in history.events if event.seq < first.seq]
        known = any(event.step == "identify" and event.data.get("kind") for event in before)
        yield Occurrence(first, met=known or history.case["segment"] in {Segment.DCS, Segment.OTHER})


@measure(Kpi(
    "notes", _("Notes match the complaint"), "P-05 7.2", activity="7.2", target=0.95,
    counted=_("ticket forms that MyCX has answered"),
    met=_("all six fields filled, looked at once more, and not refused by MyCX"),
    source="submit_ticket → note_ticket, link_existing, correct_ticket",
))  # fmt: skip
def notes(history: CaseHistory) -> Iterator[Occurrence]:
    for form in history.taken("submit_ticket"):
        answer = history.next(form, "note_ticket", "link_existing", "correct_ticket", "enter_ticket")
        if answer is not None:
            yield Occurrence(form, met=answer.step != "correct_ticket" and bool(form.data.get("rechecked")))


@measure(Kpi(
    "information", _("Information fits the product"), "P-05 7.3, 5.5", activity="7.3", target=0.95,
    counted=_("information given"),
    met=_("with a related product, or the reason why none fits"),
    source="answer_information", part=_("Related product"),
    parts={"given": _("named"), "none": _("none fits, with reason"), "": _("missing")},
))  # fmt: skip
def information(history: CaseHistory) -> Iterator[Occurrence]:
    for event in history.taken("answer_information"):
        part = "given" if event.data.get("related_product") else "none" if event.data.get("none_fits") else ""
        said = event.data.get("related_product") or event.data.get("none_fits") or ""
        yield Occurrence(event, met=bool(part), part=part, reference=str(said))


@measure(Kpi(
    "solution", _("Solution fits the readings"), "P-05 7.4", activity="7.4", target=0.9,
    counted=_("conclusions of the trouble-shooting: service normal, or fault"),
    met=_("agrees with what the applications said, and was not opened again because the fault persists"),
    source="tell_normal, draft_ticket → check_again, reopen",
))  # fmt: skip
def solution(history: CaseHistory) -> Iterator[Occurrence]:
    for event in history.taken("tell_normal", "draft_ticket"):
        again = history.next(event, "check_again", *CAME_BACK) if event.step == "tell_normal" else None
        yield Occurrence(event, met=not event.data.get("reason") and again is None)


@measure(Kpi(
    "at_once", _("Solved with the first mail"), "P-05 7.5", activity="7.5", target=0.6,
    counted=_("closed cases of customers who asked for information or reported a complaint"),
    met=_("one letter of a person before the closing mail, nothing from the customer after it, not opened again"),
    source="first letter → close; attach_reply, reopen",
))  # fmt: skip
def at_once(history: CaseHistory) -> Iterator[Occurrence]:
    for one in history.rounds:
        written = [event for event in one.events if event.step in writing_steps() and by_person(event)]
        with_answer = bool(one.closing.data.get("and_close"))
        if (one.closing.step == "close" or with_answer) and not history.case["handed_to"]:
            answers = [event for event in written if event.seq < one.closing.seq + with_answer]
            asked = [event for event in one.events if event.step == "attach_reply"]
            late = answers and any(reply.seq > answers[0].seq for reply in asked)
            back = any(event.step in CAME_BACK for event in one.after)
            yield Occurrence(one.closing, met=len(answers) == 1 and not late and not back)


HANDLING = ("send_update", "add_facts", "persist", "look_up_again", "expedite", "escalate", "note", "tell_progress")


@measure(Kpi(
    "intense", _("Handled closely while it lasts"), "P-05 7.6", activity="7.6", target=0.9,
    counted=_("repairs told of cases that were watched"),
    met=_("a person's handling (update, facts, expediting, note) is logged while the incident was open"),
    source="open_ticket, tell_progress, watch → tell_recovery",
))  # fmt: skip
def intense(history: CaseHistory) -> Iterator[Occurrence]:
    for end in history.taken("tell_recovery"):
        watched = [event for event in history.events if event.seq < end.seq and event.source in WATCHED]
        yield Occurrence(end, met=any(event.step in HANDLING and by_person(event) for event in watched))


@measure(Kpi(
    "backend", _("Co-ordinated with the unit"), "P-05 7.7", activity="7.7", target=0.9, timed=True,
    counted=_("hand-overs that the coordination group answered, or whose case was closed without an answer"),
    met=_("answered while the clock of the group's answer was not over"),
    source="hand_over_dcs, hand_over_request → note_group_reply, close", part=_("Unit"),
))  # fmt: skip
def backend(history: CaseHistory) -> Iterator[Occurrence]:
    for event in history.taken("hand_over_dcs", "hand_over_request"):
        end = history.next(event, "note_group_reply", "close")
        if end is not None:
            answered = end.step == "note_group_reply"
            kept = answered and history.in_time("group_reply", event.at, end.at, GROUP_REPLY)
            taken = seconds(event, end) if answered else None
            yield Occurrence(event, met=kept, seconds=taken, part=str(history.case["handed_to"]))


TELLING = ("open_ticket", "tell_progress", "send_update", "tell_recovery", "persist")


@measure(Kpi(
    "updates", _("Updates regular"), "P-05 7.9", activity="7.9", target=0.9,
    counted=_("repairs told of cases that were watched"),
    met=_("no update fell overdue from the ticket to the repair"),
    source="open_ticket, tell_progress → update_due → tell_recovery",
))  # fmt: skip
def updates(history: CaseHistory) -> Iterator[Occurrence]:
    for end in history.taken("tell_recovery"):
        yield Occurrence(end, met=not any(event.seq < end.seq for event in history.taken("update_due")))


@measure(Kpi(
    "punctual", _("Updates punctual"), "P-05 5.8, 7.9", activity="7.9", target=0.9, timed=True,
    counted=_("updates told: progress, update, repair"),
    met=_("before the clock of the next update was over"),
    source="open_ticket, tell_progress, send_update → tell_progress, send_update, tell_recovery; update_due",
))  # fmt: skip
def punctual(history: CaseHistory) -> Iterator[Occurrence]:
    told = [event for event in history.events if event.step in TELLING]
    late = [event.seq for event in history.taken("update_due")]
    for before, event in pairwise(told):
        if event.step not in {"open_ticket", "persist"} and by_person(event):
            overdue = any(before.seq < seq < event.seq for seq in late)
            yield Occurrence(event, met=not overdue, seconds=seconds(before, event))


@measure(Kpi(
    "repair", _("Cause and repair told"), "P-05 7.10, 5.10", activity="7.10", target=0.98,
    counted=_("closed cases that had a ticket or were watched"),
    met=_("the customer was told cause and repair before the closing"),
    source="tell_recovery → close",
))  # fmt: skip
def repair(history: CaseHistory) -> Iterator[Occurrence]:
    for one in history.rounds:
        if any(event.target in WATCHED for event in one.events):
            told = [event for event in one.events if event.step == "tell_recovery"]
            yield Occurrence(
                one.closing, met=any(event.data.get("cause") and event.data.get("repair") for event in told)
            )


@measure(Kpi(
    "as_needed", _("Information as wanted"), "P-05 7.11", activity="7.11", target=0.85,
    counted=_("closed cases whose customer wanted information or had a request"),
    met=_("the customer did not have to ask again after the answer"),
    source="answer_information, finish_request → attach_reply, reopen",
))  # fmt: skip
def as_needed(history: CaseHistory) -> Iterator[Occurrence]:
    for one in history.rounds:
        answer = next((event for event in one.events if event.step in {"answer_information", "finish_request"}), None)
        if answer is not None:
            replies = [event for event in one.events if event.step == "attach_reply" and event.seq > answer.seq]
            yield Occurrence(one.closing, met=not replies and not any(event.step in CAME_BACK for event in one.after))


@measure(Kpi(
    "closing", _("Closed to the standard"), "P-05 7.12", activity="7.12", target=0.95,
    counted=_("closed cases"),
    met=_("with the closing mail of the standard, and it arrived"),
    source="close, finish_request, close_without_reference → want_attention", part=_("Type"), parts=TYPES,
))  # fmt: skip
def closing(history: CaseHistory) -> Iterator[Occurrence]:
    for one in history.rounds:
        until = next((event.seq for event in one.after if event.target != State.CLOSED), None)
        failed = any(event.step == "want_attention" and (until is None or event.seq < until) for event in one.after)
        with_answer = bool(one.closing.data.get("and_close"))
        standard = with_answer or one.closing.step in {"close", "finish_request", "close_without_reference"}
        yield Occurrence(one.closing, met=standard and not failed, part=str(history.case["kind"]))


# --- beside the matrix ------------------------------------------------------------------------------------------------
@measure(Kpi(
    "response", _("Response time"), "P-05 5.2", target=0.9, timed=True,
    counted=_(
        "first letters of a person after a mail opened the case, or opened it again; a free letter before the segment"
        " check is none"
    ),
    met=_("before the clock of the first answer was over"),
    source="receive, open_split, reopen → first letter, answer_by_phone",
))  # fmt: skip
def response(history: CaseHistory) -> Iterator[Occurrence]:
    opened: Event | None = None
    unsent = {event.data.get("letter") for event in history.taken("cancel_mail")}
    for event in history.events:
        if event.step in OPENINGS:
            opened = event
        elif opened is not None and event.seq not in unsent and _answers(event):
            kept = history.in_time("first_response", opened.at, event.at, FIRST_RESPONSE)
            yield Occurrence(event, met=kept, seconds=history.took("first_response", opened.at, event.at))
            opened = None


def _answers(event: Event) -> bool:
    """A person's letter, or the number of the ticket that a person entered."""
    if event.step == "open_ticket":
        return True
    answers = event.step in {*writing_steps(), "answer_by_phone"}
    return answers and by_person(event) and ends_response(event.step, event.source)


@measure(Kpi(
    "routing", _("Segment right at first"), "W-05 1.2.2", target=0.95,
    counted=_("segment checks"),
    met=_("no later check or triage found another segment"),
    source="check_segment → check_segment, settle_triage", part=_("Read in"), parts=READ_IN,
))  # fmt: skip
def routing(history: CaseHistory) -> Iterator[Occurrence]:
    checks = list(history.taken("check_segment", "settle_triage"))
    for place, event in enumerate(checks):
        if event.step == "check_segment":
            said = event.data.get("segment")
            kept = all(later.data.get("segment") == said for later in checks[place + 1 :])
            yield Occurrence(event, met=kept, part=str(event.data.get("source", "")), reference=str(said))


@measure(Kpi(
    "accuracy", _("Ticket right at first"), "W-05 1.2.8", target=0.9,
    counted=_("cases whose ticket is open in MyCX"),
    met=_("no form of theirs was refused or had to be corrected"),
    source="open_ticket; correct_ticket, correct_product",
))  # fmt: skip
def accuracy(history: CaseHistory) -> Iterator[Occurrence]:
    for event in history.taken("open_ticket"):
        corrections = history.taken("correct_ticket", "correct_product")
        yield Occurrence(event, met=not any(one.seq < event.seq for one in corrections))


# --- counted ----------------------------------------------------------------------------------------------------------
@measure(Kpi(
    "received", _("Cases received"), "W-05 1.2.1", counted=_("cases opened, by what the customer needs"),
    source="receive, open_split", part=_("Type"), parts=TYPES,
))  # fmt: skip
def received(history: CaseHistory) -> Iterator[Occurrence]:
    for event in history.taken("receive", "open_split"):
        yield Occurrence(event, part=str(history.case["kind"]))


@measure(Kpi(
    "rescued", _("Cases made of mails put aside"), "lokal: ADR-0023",
    counted=_("ignored mails, duplicates and mails in quarantine of which a person made a case; the ledger has all"),
    source="receive", part=_("Where it lay"), parts=dict(InboundMail.Status.choices),
))  # fmt: skip
def rescued(history: CaseHistory) -> Iterator[Occurrence]:
    for event in history.taken("receive"):
        if was := event.data.get("was"):
            yield Occurrence(event, part=str(was))


@measure(Kpi(
    "forwarded", _("Forward log"), "W-05 1.2.3, 1.2.4; P-05 5.4",
    counted=_("hand-overs and requests passed on, by unit; the time is until the last part was confirmed"),
    source="hand_over_dcs, hand_over_request, accept_request → finish_hand_over", part=_("Unit"), timed=True,
))  # fmt: skip
def forwarded(history: CaseHistory) -> Iterator[Occurrence]:
    for event in history.taken("hand_over_dcs", "hand_over_request", "accept_request"):
        end = history.next(event, "finish_hand_over")
        unit = str(event.data.get("unit") or history.case["handed_to"])
        yield Occurrence(event, part=unit, seconds=seconds(event, end) if end else None)


@measure(Kpi(
    "tickets", _("Tickets opened"), "W-05 1.2.8", counted=_("ticket numbers given by MyCX, by symptom"),
    source="note_ticket, enter_ticket", part=_("Symptom"), parts=dict(Symptom.choices),
))  # fmt: skip
def tickets(history: CaseHistory) -> Iterator[Occurrence]:
    for event in history.taken("note_ticket", "enter_ticket"):
        yield Occurrence(event, part=str(history.case["symptom"]), reference=str(event.data.get("incident", "")))


@measure(Kpi(
    "tools", _("Use of the applications"), "P-05 11.1, W-05 1.2.7",
    counted=_("readings of the supporting applications"), met=_("the application answered"),
    source="keep_reading, record_check", part=_("Application"), parts=LABELS,
))  # fmt: skip
def tools(history: CaseHistory) -> Iterator[Occurrence]:
    for event in history.taken("keep_reading"):
        check = history.checks.get(str(event.data.get("check")))
        if check is not None:
            yield Occurrence(event, met=check.state != CheckState.FAILED, part=check.tool, reference=check.product_id)
    for event in history.taken("record_check"):
        reference = str(event.data.get("product_id", ""))
        yield Occurrence(event, met=True, part=str(event.data.get("tool", "")), reference=reference)
