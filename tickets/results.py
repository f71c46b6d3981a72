"""Answers of the outer world become steps by the system: received mail, mail accepted, calls answered."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from segmentation.services import remember
from segmentation.tools import product_in
from tenesa import door
from tenesa.accounts.models import SYSTEM, User
from tenesa.incidents.feed import store_incident
from tenesa.incidents.models import Incident
from tenesa.mail import outbox
from tenesa.mail import registry as mail_registry
from tenesa.mail.acknowledge import why_unanswered
from tenesa.mail.models import InboundMail, OutboundMail
from tenesa.mail.recipients import answering
from tenesa.mail.thread import numbers_named
from tenesa.mail.values import Filed, ParsedMail, Party, ThreadMatch
from tenesa.systems import registry as systems_registry
from tenesa.systems.models import ExternalCall
from tenesa.systems.mycx.refused import refused_words
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import open_case, perform
from tenesa.workflow.sparing import spare
from tenesa.workspace import case_mail
from tickets import effects
from tickets.models import EmailCase, Line, ToolCheck
from tickets.states import ENDED, CheckState, Complaint, State

logger = logging.getLogger(__name__)
Answered = ExternalCall.Status
HAND_OVER_PARTS = {"education", "forward"}


def register() -> None:
    """Tell the platform who handles the mails and answers of e-mail cases (called once, in `AppConfig.ready`)."""
    mail_registry.register(
        EmailCase.procedure_name(),
        receive=receive,
        delivered=delivered,
        undeliverable=undeliverable,
        visible=visible,
        by_number=cases_by_number,
        figures=figures,
        attention=attention,
    )
    systems_registry.register_results(EmailCase.procedure_name(), answered)


# --- mail ------------------------------------------------------------------------------------------------------------
def receive(inbound: InboundMail, parsed: ParsedMail, thread: ThreadMatch | None) -> Filed:
    """File a mail: into the case it answers, else as a new case (E-01, E-16)."""
    case = _living(thread.case_id) if thread else None
    if case is None or thread is None:
        return Filed(_open(inbound, numbers_named(parsed, inbound.mailbox)).pk)
    if thread.also is not None:
        with spare(_("the other case of this conversation")):
            _join_in_words(case, _living(thread.also))
    if thread.party is Party.THIRD:
        _third_party(case, inbound)
        return Filed(case.pk)
    closed = case.state == State.CLOSED
    case = perform(case, "reopen" if closed else "attach_reply", actor=SYSTEM, mail=inbound)
    with spare(_("mails of ours that have not left")):
        _overtake(case)
    return Filed(case.pk)


def _living(case_id: int) -> EmailCase | None:
    """The case, or what it was merged into; None for a void one."""
    case = EmailCase.objects.filter(pk=case_id).exclude(state=State.VOID).first()
    return case.current() if case else None


def _join_in_words(case: EmailCase, other: EmailCase | None) -> None:
    """Two cases turn out to be one conversation: a person merges them, nobody's work is moved."""
    if other is not None and other.pk != case.pk:
        words = _(
            "A mail that came late joins this case to %(number)s: one conversation. Merge them if it is one matter."
        )
        _attention(other, words % {"number": case.number})


def _third_party(case: EmailCase, inbound: InboundMail) -> None:
    """A unit answers a forward: it lies in the case as theirs and moves nothing of the customer's."""
    inbound.party = Party.THIRD
    InboundMail.objects.filter(pk=inbound.pk).update(party=Party.THIRD)
    closed = case.state == State.CLOSED
    perform(case, "reopen_for_third_party" if closed else "note_third_party", actor=SYSTEM, mail=inbound)


def _overtake(case: EmailCase) -> None:
    """The customer wrote before our mail left: what was scheduled without knowing that is cancelled, and it is said."""
    waiting = case_mail.held(case)
    if not waiting:
        return
    cancelled = [outbox.cancel(mail.pk) for mail in waiting if mail.scheduled]
    why = _("The customer wrote before your mail left.")
    if any(cancelled):
        why = _("The customer wrote before your mail left; the scheduled mail was cancelled.")
    _attention(case, why)


def _open(inbound: InboundMail, named: Sequence[int] = ()) -> EmailCase:
    mailbox = inbound.mailbox
    known = _newest(named) if named else None
    to = answering(inbound).to
    case = EmailCase(
        desk_id=mailbox.desk_id,
        area_id=mailbox.area_id,
        mailbox=mailbox,
        subject=inbound.subject[:300],
        sender_name=inbound.from_name[:200],
        sender_address=to[0] if to else inbound.from_address,
        received_at=inbound.stored_at,
        opened_at=inbound.stored_at,
        first_mail=inbound,
        last_mail=inbound,
        referenced_case=known.current() if known else None,
    )
    facts: dict[str, Any] = {"was": inbound.was}
    if mailbox.auto_acknowledge:
        why_not = why_unanswered(inbound, to)
        facts |= {"acknowledge": not why_not, "unacknowledged": why_not}
    return open_case(case, "receive", actor=SYSTEM, **facts)


def _newest(named: Sequence[int]) -> EmailCase | None:
    return EmailCase.objects.filter(pk__in=named[:10]).exclude(state=State.VOID).order_by("-pk").first()


def delivered(mail: OutboundMail) -> None:
    """The mail server accepted a mail: a part of the hand-over may be done (E-06)."""
    case = EmailCase.objects.get(pk=mail.case_id)
    if mail.purpose in HAND_OVER_PARTS and case.state == State.FORWARDING:
        perform(case, "confirm_part", actor=SYSTEM, part=mail.purpose)


def undeliverable(mail: OutboundMail) -> None:
    why = ": ".join(filter(None, [", ".join(mail.to), mail.error]))
    _attention(EmailCase.objects.get(pk=mail.case_id).current(), why)


def figures(mail: OutboundMail) -> dict[str, str]:
    """What the template of a scheduled mail is told about its case now."""
    case: EmailCase = EmailCase.objects.get(pk=mail.case_id)
    return effects.FIGURES.get(mail.template, effects.no_figures)(case)


def attention(case_id: int, words: str) -> None:
    _attention(EmailCase.objects.get(pk=case_id).current(), words)


def visible(user: User, case_id: int) -> bool:
    return bool(EmailCase.objects.visible_to(user).filter(pk=case_id).exists())


def cases_by_number(numbers: Sequence[str]) -> list[int]:
    """Cases that a subject names by ticket number or by our own number, newest first."""
    own = [pk for n in numbers if n.startswith("TN") and (pk := door.number(n.removeprefix("TN"))) is not None]
    by_incident = Line.objects.filter(incident_number__in=numbers).values_list("case_id", flat=True)
    return sorted({*own, *by_incident}, reverse=True)


# --- calls -----------------------------------------------------------------------------------------------------------
def answered(call: ExternalCall) -> None:
    """Take the step that a call's outcome asks for; called with the call locked, in a transaction."""
    case = EmailCase.objects.get(pk=call.case_id)
    if case.state in ENDED:
        return  # the answer stays with the call; nobody waits for it
    match call.system, call.operation:
        case ("mycx", "create_ticket"):
            _ticket(case, call)
        case ("coordination", "post"):
            _posted(case, call)
        case ("siskas" | "tenoss", _):
            _segment(case, call)
            _take_reference(case, call)
        case ("nossa", "search_by_service" | "get_incident"):
            _incidents(case, call)
            _take_reference(case, call)
        case ("nossa", "add_worklog"):
            _worklog(case, call)
        case ("mycx", "search"):
            _searched(case, call)
        case _:
            perform(case, "keep_reading", actor=SYSTEM, check=_check(case, call))


def _ticket(case: EmailCase, call: ExternalCall) -> None:
    product_id = call.payload["product_id"]
    if call.succeeded:
        store_incident({"number": call.answer["incident"], "service_no": product_id, "status": "NEW"})
        perform(case, "note_ticket", actor=SYSTEM, product_id=product_id, incident=call.answer["incident"])
    elif call.error_code == "DUPLICATE":
        incident = call.answer["incident"]
        if case.state == State.TICKET_SUBMITTING:
            perform(case, "link_existing", actor=SYSTEM, product_id=product_id, incident=incident)
        else:
            perform(case, "note_ticket", actor=SYSTEM, product_id=product_id, incident=incident)
    elif call.error_code == "INVALID" and case.state == State.TICKET_SUBMITTING:
        perform(case, "correct_ticket", actor=SYSTEM, problem=refused_words(call))
    elif call.status == Answered.WAITING:
        if case.state == State.TICKET_SUBMITTING and case.delayed_at is None:
            perform(case, "delay_ticket", actor=SYSTEM)
    else:
        _attention(case, call.error_message)


def _posted(case: EmailCase, call: ExternalCall) -> None:
    if call.succeeded and case.state == State.FORWARDING:
        perform(case, "confirm_part", actor=SYSTEM, part="post")
    elif not call.succeeded and call.status != Answered.WAITING:
        _attention(case, f"{call.payload['group']}: {call.error_message}")


def _segment(case: EmailCase, call: ExternalCall) -> None:
    check = _check(case, call)
    customer = None
    if call.succeeded and call.answer.get("customer"):
        customer = remember(call.answer, source=call.system.upper())
        check.state, check.summary = CheckState.NORMAL, f"{customer.name}: {customer.segment}"
    elif call.status == Answered.WAITING:
        return
    said = customer if not check.product_id or check.product_id in case.known_product_ids() else None
    case = perform(case, "keep_reading", actor=SYSTEM, check=check, customer=said)
    if case.customer is None and not case.triage and not _still_reading(case, call):
        _take_if_possible(case, "want_triage", why="pengirim tidak dikenal di SISKAS dan TENOSS")


def _take_reference(case: EmailCase, call: ExternalCall) -> None:
    """A reply to our request whose numbers were all looked up: those that are known move the case on (E-14, E-21).

    Any other number stays a hint, and the reply unread.
    """
    if case.state != State.NEED_REFERENCE or call.event.step != "attach_reply" or call.status == Answered.WAITING:
        return
    asked = ExternalCall.objects.filter(procedure=call.procedure, case_id=case.pk, event=call.event)
    if asked.exclude(pk=call.pk).exclude(status=Answered.CANCELLED).filter(applied_at=None).exists():
        return
    known = [one for one in asked.order_by("created_at") if one.succeeded]
    ids = [product_id for one in known if (product_id := product_in(one.payload))]
    incident = next((one.payload["number"] for one in known if one.system == "nossa"), "")
    if case.complaint == Complaint.PROGRESS and known:
        _take_if_possible(case, "receive_reference", product_ids=ids, incident=incident)
    elif ids:
        _take_if_possible(case, "receive_product", product_ids=ids)


def _still_reading(case: EmailCase, call: ExternalCall) -> bool:
    waiting = ExternalCall.objects.filter(procedure=call.procedure, case_id=case.pk, system__in=["siskas", "tenoss"])
    return waiting.exclude(pk=call.pk).exclude(status=Answered.CANCELLED).filter(applied_at=None).exists()


def _incidents(case: EmailCase, call: ExternalCall) -> None:
    if call.status == Answered.WAITING:
        return
    check = _check(case, call)
    found = call.answer.get("incidents") or ([call.answer["incident"]] if call.answer.get("incident") else [])
    incidents = [store_incident(facts) for facts in (found if call.succeeded else ())]
    number = ""
    if incidents:
        chosen = next((incident for incident in incidents if incident.is_open), incidents[0])
        # Evidence alone before the need is identified, and of a product that nobody named: a person says what it is.
        wanted = _is_about(case, call, chosen) and (chosen.is_open or case.complaint == Complaint.PROGRESS)
        number = chosen.number if wanted else ""
        check.product_id = check.product_id or chosen.product_id
        check.state = CheckState.FAULT if chosen.is_open else CheckState.NORMAL
        check.summary = f"{chosen.number}: {chosen.status}"
        check.measures = {"incidents": list(dict.fromkeys([chosen.number, *(one.number for one in incidents)]))}
    elif call.succeeded or call.error_code == "NOT_FOUND":
        check.state, check.summary = CheckState.NORMAL, "Tidak ada tiket di NOSSA."
    perform(case, "keep_reading", actor=SYSTEM, check=check, incident=number)


def _is_about(case: EmailCase, call: ExternalCall, incident: Incident) -> bool:
    """Whether a person said that the case is about what was read, by its product or by its ticket."""
    said = {one for line in case.all_lines for one in (line.product_id, line.incident_number) if one}
    return bool(case.kind) and not said.isdisjoint(
        {product_in(call.payload), call.payload.get("number"), incident.number, incident.product_id}
    )


def _searched(case: EmailCase, call: ExternalCall) -> None:
    """What MyCX knows of a product or customer, with the numbers of the product's open tickets."""
    check = _check(case, call)
    found = [ticket for one in call.answer.get("customers") or () for ticket in one.get("tickets") or ()]
    if call.succeeded and check.product_id:
        mine = [one["incident"] for one in found if one["product_id"] == check.product_id]
        check.measures = {**check.measures, "incidents": mine} if mine else check.measures
    perform(case, "keep_reading", actor=SYSTEM, check=check)


def _worklog(case: EmailCase, call: ExternalCall) -> None:
    if not call.succeeded and call.status != Answered.WAITING:
        _attention(case, call.error_message)


def _check(case: EmailCase, call: ExternalCall) -> ToolCheck:
    """The evidence row of a read: the tool's own verdict where it gave one, else why there is none."""
    answer = call.answer
    if call.succeeded:
        state, summary = answer.get("state", CheckState.UNKNOWN), answer.get("summary", "")
    elif call.error_code in {"NOT_FOUND", "AMBIGUOUS"}:
        state, summary = CheckState.UNKNOWN, call.error_message
    else:
        state, summary = CheckState.FAILED, call.error_message
    return ToolCheck(
        case=case,
        tool=call.system,
        product_id=product_in(call.payload),
        state=state,
        summary=summary[:300],
        measures=answer.get("measures") or {},
        snapshot=answer,
        call=call,
    )


def _attention(case: EmailCase, why: str) -> None:
    _take_if_possible(case, "want_attention", why=why[:300])


def _take_if_possible(case: EmailCase, step: str, **inputs: Any) -> None:
    try:
        perform(case, step, actor=SYSTEM, **inputs)
    except NotNow as refusal:
        logger.info("%s: %s not taken: %s", case, step, refusal)
