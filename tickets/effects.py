"""What the steps of W-05 set going: mails and calls, described here and done after commit; clocks are beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from segmentation.segments import INCIDENT, Product, Segment, product_of
from segmentation.tools import reads_of
from tenesa.accounts.models import User
from tenesa.mail import markdown
from tenesa.mail import to_customer as customers
from tenesa.mail.acknowledge import acknowledgement
from tenesa.mail.moments import moment_words
from tenesa.mail.outbox import MailOut
from tenesa.systems.outbox import CallOut, CancelCalls, TryNow
from tenesa.systems.sites import missing_at, sites_of
from tenesa.timers.outgoing import StartTimer, StopTimer
from tenesa.workflow.step import AddRow, Outgoing, StepContext, effect
from tickets import clocks
from tickets.customer_services import few_of
from tickets.states import CheckState, State

if TYPE_CHECKING:
    from tickets.models import EmailCase


# --- mails -----------------------------------------------------------------------------------------------------------
def mail_to_customer(
    case: EmailCase,
    taken: StepContext,
    purpose: str,
    template: str,
    context: dict[str, str] | None = None,
    *,
    step: str = "",
) -> Iterable[Outgoing]:
    """A mail in the customer's thread; it is the first answer unless the system wrote it, or `step` is none yet."""
    words = {**FIGURES.get(template, no_figures)(case), **(context or {})}
    out = customers.mail_to_customer(
        taken, case.conversation, case.mailbox, purpose=purpose, template=template, context=words, undo=True
    )
    if taken.inputs.get("and_close"):
        closing = case.closing_words()
        closing = markdown.literal(closing) if out.formatted else closing
        out = replace(out, body=f"{out.body}\n\n{closing}".strip())
    yield out
    if taken.actor.pk is not None:
        yield StopTimer(
            ("first_response", "third_party") if clocks.ends_response(step, case.state) else ("third_party",)
        )


@effect(_("automatic acknowledgement to the customer"))
def acknowledge(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    if taken.inputs.get("acknowledge"):
        yield acknowledgement(case.first_mail, "acknowledgement", "ack_received")


@effect(_("education mail to the customer"))
def educate(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    form = "edu_forward_dcs" if case.segment == Segment.DCS else "edu_forward_dbs_request"
    unit = settings.HANDOVER[case.segment]
    yield from mail_to_customer(case, taken, "education", form, {"unit": unit["name"], "contact": unit["contact"]})


@effect(_("the customer's mail, with its attachments, to the receiving unit"))
def forward(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    unit = settings.HANDOVER[case.segment]
    yield MailOut(
        purpose="forward",
        template="forward_unit",
        mailbox=case.mailbox,
        to=[unit["address"]],
        context={"unit": unit["name"], "segment": case.segment, "agent": str(taken.actor)},
        body=taken.inputs.get("unit_note") or "",
        forward=case.first_mail,
    )


@effect(_("post in the coordination group"))
def post_to_group(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    unit = settings.HANDOVER[case.segment]
    text = f"[{case.number}] {case.segment} · {case.subject}\n{taken.inputs.get('unit_note', '')}".strip()
    yield CallOut(
        "coordination",
        "post",
        {"group": unit["group"], "text": text, "case": case.number},
        key=f"{case.procedure_name()}:{case.pk}:{case.version}:post",
    )
    yield StartTimer("group_reply")


@effect(_("information mail with the related product"))
def answer_information(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    related = taken.inputs.get("related_product") or ""
    words = f"Sebagai informasi tambahan, layanan terkait yang mungkin bermanfaat: {related}." if related else ""
    yield from mail_to_customer(case, taken, "answer", "info_answer", {"related_product": words})


@effect(_("receipt to the customer"))
def confirm_request(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "receipt", "request_receipt", {"unit": taken.inputs["unit"]})


@effect(_("the request to the account unit through the coordination group"))
def pass_request_on(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    text = f"[{case.number}] Permintaan {case.segment} untuk {taken.inputs['unit']}: {case.subject}"
    yield CallOut(
        "coordination",
        "post",
        {"group": settings.HANDOVER_REQUESTS, "text": text, "case": case.number},
        key=f"{case.procedure_name()}:{case.pk}:{case.version}:post",
    )


@effect(_("result mail to the customer"))
def send_result(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "result", "request_result")


@effect(_("mail that asks for ticket number or product id"))
def ask_reference(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "ask_reference", "ask_reference")


@effect(_("mail that says which number was not found, and asks again"))
def ask_again(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    said = [number for line in case.all_lines for number in (line.incident_number, line.product_id) if number]
    numbers = {"numbers": ", ".join(dict.fromkeys(said))}
    yield from mail_to_customer(case, taken, "ask_reference", "ask_again", numbers)


@effect(_("reminder mail"))
def remind_reference(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "reminder", "remind_reference")


@effect(_("closing note"))
def close_note(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "closing", "close_no_reference")


@effect(_("mail: service normal, what was checked"))
def tell_normal(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "normal", "service_normal")


@effect(_("mail with the ticket number, symptom and next update"))
def tell_ticket(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "ticket", "ticket_opened")
    yield StopTimer(("first_response", "segment_check", "mycx_submit"))


@effect(_("mail with the number of the ticket that exists already"))
def tell_existing(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "ticket_existing", "ticket_existing")


@effect(_("mail: the report is recorded, the number follows"))
def tell_delayed(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "delayed", "ticket_delayed")


@effect(_("progress mail"))
def tell_progress(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "progress", "progress_update")


@effect(_("mail with cause and repair"))
def tell_recovery(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "recovery", "recovered_cause")


@effect(_("closing mail"))
def say_goodbye(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "closing", "closing")


@effect(_("all clocks stop where the mail also closes the case"))
def stop_if_closed(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    if taken.inputs.get("and_close"):
        yield StopTimer()


@effect(_("mail to the customer"))
def write_mail(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield from mail_to_customer(case, taken, "reply", "reply", step="write")


def ticket_words(case: EmailCase) -> dict[str, str]:
    """What the ticket mails say: numbers, products, symptom, and when the customer hears again."""
    again = clocks.next_update(case)
    return {
        "incident": ", ".join(case.incident_numbers()),
        "product_id": case.product_ids_text(),
        "symptom": str(case.get_symptom_display()) if case.symptom else "-",
        "status": case.status_words(),
        "next_update": moment_words(again) or "ada perkembangan",
    }


def normal_words(case: EmailCase) -> dict[str, str]:
    lines = [f"- {check.tool_label}: {check.summary}" for check in case.newest_checks()]
    return {"product_id": case.product_ids_text(), "checks": "\n".join(lines)}


def recovery_words(case: EmailCase) -> dict[str, str]:
    return {**ticket_words(case), "cause": case.cause, "repair": case.repair}


def delayed_words(case: EmailCase) -> dict[str, str]:
    return {"product_id": case.product_ids_text()}


def no_figures(case: EmailCase) -> dict[str, str]:
    return {}


FIGURES: Mapping[str, Callable[[EmailCase], dict[str, str]]] = {
    "ticket_opened": ticket_words,
    "ticket_existing": ticket_words,
    "ticket_delayed": delayed_words,
    "progress_update": ticket_words,
    "recovered_cause": recovery_words,
    "service_normal": normal_words,
}  # what a template is told about the case, when the step is taken or a scheduled mail leaves


# --- calls -----------------------------------------------------------------------------------------------------------
@effect(_("read customer and segment in SISKAS and TENOSS"))
def read_segment(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    if "siskas" not in missing_here(case, taken):
        yield call(case, "siskas", "find_customer", {"email": case.sender_address}, f"{case.version}:sender")
    yield from _look_up(case, taken, taken.inputs.get("product_ids") or case.suggested_product_ids())


@effect(_("search NOSSA and MyCX for tickets of the products that the mail names"))
def read_tickets(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    """Evidence for whoever takes the case: old or new complaint (1.2.6); of a case that is split off its own."""
    missing = missing_here(case, taken)
    for number in taken.inputs.get("product_ids") or case.known_product_ids():
        asked = (
            ("nossa", "search_by_service", {"service_no": number}),
            ("mycx", "search", {"search_type": "product_id", "value": number}),
        )
        for system, operation, payload in asked:
            if system not in missing:
                yield call(case, system, operation, payload, f"{case.version}:tickets:{number}")


@effect(_("search NOSSA for tickets of the customer's services, where the mail names none and they are few"))
def read_services(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    """Evidence for the choice of a service: what is out of order is offered first."""
    if taken.inputs.get("customer") is None or case.kind or case.customer_id is None or case.suggested_product_ids():
        return
    if "nossa" not in missing_here(case, taken):
        for number in few_of(case.customer_id):
            yield call(case, "nossa", "search_by_service", {"service_no": number}, f"service:{number}")


@effect(_("the numbers that the customer sent on our request are looked up before they are taken"))
def look_up_reference(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    """Those of the reply's own words: products in TENOSS and SISKAS, incidents in NOSSA."""
    if case.state == State.NEED_REFERENCE:
        yield from _look_up(case, taken, taken.inputs["mail"].extracted.get("own") or ())


def _look_up(case: EmailCase, taken: StepContext, numbers: Iterable[str]) -> Iterable[Outgoing]:
    missing = missing_here(case, taken)
    for number in numbers:
        system, operation, name = _register_of(number)
        if system not in missing:
            yield call(case, system, operation, {name: number}, f"{case.version}:{number}")


def _register_of(number: str) -> tuple[str, str, str]:
    """The system that knows a number, what it is asked, and the number's name there."""
    if INCIDENT.fullmatch(number):
        return "nossa", "get_incident", "number"
    if product_of(number) == Product.DATA:
        return "tenoss", "get_service", "sid"
    return "siskas", "find_customer", "fastel"


@effect(_("search NOSSA for incidents of every product: old or new"))
def search_incidents(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    if "nossa" in missing_here(case, taken):
        return
    for line in case.lines.all():
        if line.incident_number:
            yield call(case, "nossa", "get_incident", {"number": line.incident_number}, f"{case.version}:{line.pk}")
        elif line.product_id:
            yield call(case, "nossa", "search_by_service", {"service_no": line.product_id}, f"{case.version}:{line.pk}")


@effect(_("read every supporting application that knows the product and may be used at the site, all at once"))
def read_tools(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    """All, or the one that a person asks for again; a try that would follow by itself is no longer needed then."""
    tool, product = taken.inputs.get("tool"), taken.inputs.get("product_id")
    missing = missing_here(case, taken)
    if tool:
        yield TryNow(tool)
    for product_id in case.known_product_ids():
        for read in reads_of(product_id):
            if read.system in missing or tool not in {None, "", read.system} or product not in {None, "", product_id}:
                continue
            payload = read.payload(product_id)
            yield CancelCalls(read.system, read.operation, payload, waiting=True)
            yield call(case, read.system, read.operation, payload, f"{case.version}:{product_id}")


def missing_here(case: EmailCase, taken: StepContext) -> frozenset[str]:
    """The applications that may not be used where the step is taken (P-05 11.1)."""
    return missing_at(sites_of(taken.actor, case.desk_id, case.area_id))


@effect(_("search MyCX by the chosen type"))
def search_mycx(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    if "mycx" in missing_here(case, taken):
        return
    payload = {"search_type": taken.inputs["search_type"], "value": taken.inputs["search_value"]}
    yield call(case, "mycx", "search", payload, str(case.version))


@effect(_("open one ticket in MyCX for every product"))
def create_tickets(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    for product_id in taken.inputs["product_ids"]:
        payload = {
            "product_id": product_id,
            "reporter_name": case.reporter_name,
            "reporter_phone": case.reporter_phone,
            "reporter_email": case.reporter_email,
            "symptom": case.symptom,
            "description": case.description,
            "segment": case.segment,
            "channel": "EMAIL",
        }
        yield call(case, "mycx", "create_ticket", payload, f"{case.drafts}:{product_id}")


@effect(_("the customer's new facts into NOSSA's worklog"))
def write_facts(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    facts = taken.inputs.get("facts")
    for number in case.incident_numbers() if facts else ():
        payload = {
            "number": number,
            "log_type": "CLIENTNOTE",
            "summary": f"Info pelanggan via e-mail {case.number}",
            "detail": facts,
            "client_viewable": True,
        }
        yield call(case, "nossa", "add_worklog", payload, f"{case.version}:{number}")


def call(case: EmailCase, system: str, operation: str, payload: dict[str, Any], part: str) -> CallOut:
    return CallOut(system, operation, payload, key=f"{case.procedure_name()}:{case.pk}:{system}.{operation}:{part}")


@effect(_("the failed call is cancelled"))
def cancel_call(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield CancelCalls("mycx", "create_ticket", {"product_id": taken.inputs["product_id"]})


# --- rows of the case ------------------------------------------------------------------------------------------------
@effect(_("the reading is kept as evidence"))
def keep_check(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    yield AddRow(taken.inputs["check"])


@effect(_("the check is kept as evidence"))
def keep_check_by_hand(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    fields = {name: taken.inputs[name] for name in ("tool", "product_id", "summary")}
    person = taken.actor if isinstance(taken.actor, User) else None
    yield AddRow(case.checks.model(case=case, state=taken.inputs["verdict"], by=person, at=taken.at, **fields))


@effect(_("what the unit said is kept as evidence"))
def keep_unit_answer(case: EmailCase, taken: StepContext) -> Iterable[Outgoing]:
    person = taken.actor if isinstance(taken.actor, User) else None
    said = {"tool": "coordination", "state": CheckState.UNKNOWN, "summary": taken.inputs["said"]}
    yield AddRow(case.checks.model(case=case, by=person, at=taken.at, **said))
