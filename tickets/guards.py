"""When a step of W-05 is refused, and with which words. Each function returns the reason, or "" to let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.segments import Segment
from tenesa.accounts.models import Actor, PresenceState, User
from tenesa.accounts.presence import presence_of
from tenesa.audit.models import Event
from tenesa.mail.models import OutboundMail
from tenesa.systems.models import ExternalCall
from tenesa.ui.templatetags.ui import clock
from tenesa.workflow.step import guard
from tenesa.workspace import case_mail
from tenesa.workspace.case_calls import calls_on_the_way
from tickets.states import WATCHED, CheckState, Complaint, Kind, State

if TYPE_CHECKING:
    from tenesa.workflow.case import Case
    from tickets.models import EmailCase


@guard(gettext_lazy("nobody holds the case"))
def is_free(case: EmailCase, actor: Actor) -> str:
    if case.owner is None:
        return ""
    if isinstance(actor, User) and case.owner_id == actor.pk:
        return _("You hold this case already.")
    return _("This case is held by %(who)s.") % {"who": case.owner.as_holder}


@guard(gettext_lazy("somebody holds the case"))
def is_held(case: EmailCase, actor: Actor) -> str:
    return "" if case.owner_id else _("Nobody holds this case.")


@guard(gettext_lazy("you are ready (auto-in)"))
def is_ready(case: EmailCase, actor: Actor) -> str:
    if not isinstance(actor, User) or case.finds_ready(actor):
        return ""
    return _("Set yourself to auto-in first: work reaches only people who are ready (W-05 1.1.8).")


@guard(gettext_lazy("no triage is waiting"))
def is_triaged(case: EmailCase, actor: Actor) -> str:
    return _("The team leader decides first: %(why)s") % {"why": case.triage} if case.triage else ""


@guard(gettext_lazy("triage is waiting"))
def wants_triage(case: EmailCase, actor: Actor) -> str:
    return "" if case.triage else _("There is nothing to decide: customer and segment are known.")


@guard(gettext_lazy("segment is DCS"))
def is_dcs(case: EmailCase, actor: Actor) -> str:
    return "" if case.segment == Segment.DCS else _("Only DCS customers are handed over whole.")


@guard(gettext_lazy("segment is DES, DGS or DBS"))
def is_handled_here(case: EmailCase, actor: Actor) -> str:
    if case.segment in {Segment.DES, Segment.DGS, Segment.DBS}:
        return ""
    if case.segment == Segment.DCS:
        return _("DCS customers are educated and handed over (W-05 1.2.3); nothing else is done here.")
    return _("The segment is not one that this desk handles: escalate to the team leader.")


@guard(gettext_lazy("the segment is another one"))
def is_other_segment(case: EmailCase, actor: Actor) -> str:
    return "" if case.segment == Segment.OTHER else _("The segment is one that the procedure names.")


@guard(gettext_lazy("a request of a DBS customer"))
def is_dbs_request(case: EmailCase, actor: Actor) -> str:
    if case.segment == Segment.DBS and case.kind == Kind.REQUEST:
        return ""
    return _("Only requests of DBS customers are handed over (W-05 1.2.4).")


@guard(gettext_lazy("a request of a DES or DGS customer"))
def is_own_request(case: EmailCase, actor: Actor) -> str:
    if case.kind == Kind.REQUEST and case.segment in {Segment.DES, Segment.DGS}:
        return ""
    return _("This is not a request of a DES or DGS customer.")


@guard(gettext_lazy("the need is information"))
def is_information(case: EmailCase, actor: Actor) -> str:
    return "" if case.kind == Kind.INFORMATION else _("The need was not identified as information.")


@guard(gettext_lazy("a new complaint"))
def is_new_complaint(case: EmailCase, actor: Actor) -> str:
    if case.kind == Kind.COMPLAINT and case.complaint == Complaint.NEW:
        return ""
    return _("The need was not identified as a new complaint.")


@guard(gettext_lazy("the customer asks for progress"))
def is_progress(case: EmailCase, actor: Actor) -> str:
    if case.kind == Kind.COMPLAINT and case.complaint == Complaint.PROGRESS:
        return ""
    return _("The customer did not ask for progress.")


@guard(gettext_lazy("a product id is known"))
def has_product(case: EmailCase, actor: Actor) -> str:
    return "" if case.products else _("No product id is known: ask the customer for it.")


@guard(gettext_lazy("no product id is known"))
def lacks_product(case: EmailCase, actor: Actor) -> str:
    return _("A product id is known already.") if case.products else ""


@guard(gettext_lazy("a ticket number or product id is known"))
def has_reference(case: EmailCase, actor: Actor) -> str:
    return "" if case.all_lines else _("Neither ticket number nor product id is known: ask the customer.")


@guard(gettext_lazy("neither ticket number nor product id is known"))
def lacks_reference(case: EmailCase, actor: Actor) -> str:
    return _("A ticket number or product id is known already.") if case.all_lines else ""


@guard(gettext_lazy("old or new was checked in NOSSA for every product"))
def old_or_new_checked(case: EmailCase, actor: Actor) -> str:
    read = {check.product_id for check in case.all_checks if check.tool == "nossa" and check.state != CheckState.FAILED}
    if missing := [one for one in case.products if one not in read]:
        return _("NOSSA was not read yet for %(ids)s: old or new complaint is not known (P-05 5.3).") % {
            "ids": ", ".join(missing)
        }
    return ""


@guard(gettext_lazy("no product has an open incident"))
def no_open_incident(case: EmailCase, actor: Actor) -> str:
    for line in case.all_lines:
        if line.incident is not None and line.incident.is_open and not line.opened_here:
            return _("%(id)s already has the open incident %(incident)s: treat it as a question for progress.") % {
                "id": line.product_id,
                "incident": line.incident.number,
            }
    return ""


@guard(gettext_lazy("a check is recorded for every product"))
def has_checks(case: EmailCase, actor: Actor) -> str:
    done = {check.product_id for check in case.verdicts}
    if missing := [line.product_id for line in case.all_lines if line.product_id not in done]:
        return _("No trouble-shoot result is recorded for %(ids)s (W-05 1.2.7).") % {"ids": ", ".join(missing)}
    return ""


@guard(gettext_lazy("education, forward and group post are all confirmed"))
def all_three_done(case: EmailCase, actor: Actor) -> str:
    if case.educated_at and case.forwarded_at and case.posted_at:
        return ""
    return _("Not all three parts of the hand-over are confirmed.")


@guard(gettext_lazy("every product has its incident"))
def every_line_has_incident(case: EmailCase, actor: Actor) -> str:
    if any(line.product_id and line.incident_id is None for line in case.all_lines):
        return _("MyCX has not answered for every product.")
    return ""


@guard(gettext_lazy("an incident is linked"))
def has_incident(case: EmailCase, actor: Actor) -> str:
    if case.incident_numbers():
        return ""
    if any(call.system == "nossa" for call in calls_on_the_way(case)):
        return _("NOSSA is being read.")
    read = dict.fromkeys(number for check in case.all_checks if check.tool == "nossa" for number in check.tickets)
    if read:
        words = _("NOSSA told of %(numbers)s, but no ticket was taken for this case's: name it with the need.")
        return words % {"numbers": ", ".join(read)}
    return _("No incident was found in NOSSA yet.")


@guard(gettext_lazy("the incident is under watch"))
def is_watched(case: EmailCase, actor: Actor) -> str:
    """Also while the case is with a leader or a unit, where it was escalated from there."""
    if case.state != State.ESCALATED or case.state_before in WATCHED:
        return ""
    return _("The incident was not under watch when the case was escalated: decide the escalation first.")


@guard(gettext_lazy("NOSSA knows no open ticket of the case"))
def no_ticket_runs(case: EmailCase, actor: Actor) -> str:
    if running := next((incident for incident in case.incidents if incident.is_open), None):
        return _("Ticket %(number)s is open in NOSSA: tell its progress.") % {"number": running.number}
    if case.state == State.PROGRESS_LOOKUP and not any(check.tool == "nossa" for check in case.all_checks):
        return _("NOSSA has not answered yet.")
    return ""


@guard(gettext_lazy("NOSSA says that every incident is repaired"))
def is_recovered(case: EmailCase, actor: Actor) -> str:
    for line in case.all_lines:
        if line.incident is not None and line.incident.is_open:
            return _("Incident %(number)s is still “%(status)s” in NOSSA.") % {
                "number": line.incident.number,
                "status": line.incident.status,
            }
    return ""


@guard(gettext_lazy("no mail is unsent"))
def nothing_unsent(case: EmailCase, actor: Actor) -> str:
    if words := _scheduled(case):
        return words
    over = {OutboundMail.Status.SENT, OutboundMail.Status.CANCELLED}
    if count := sum(mail.status not in over for mail in case_mail.sent(case)):
        return _("%(count)d mail(s) of this case have not been sent yet.") % {"count": count}
    if case_mail.failed(case):
        return _("A mail came back undelivered: tell the customer by phone, or have it sent again.")
    return ""


def _scheduled(case: EmailCase) -> str:
    """The first mail for a later hour, by its hour; its buttons stand in the rail."""
    words = _("Scheduled mail %(time)s (“%(subject)s”): send it now or take it back.")
    mail = next(iter(case_mail.scheduled(case)), None)
    return words % {"time": clock(mail.send_after), "subject": mail.subject} if mail else ""


@guard(gettext_lazy("nothing is unread"))
def nothing_unread(case: EmailCase, actor: Actor) -> str:
    return _("Something new has not been read yet.") if case.unread else ""


@guard(gettext_lazy("NOSSA knows none of the given references"))
def nossa_knows_none(case: EmailCase, actor: Actor) -> str:
    if case.incident_numbers():
        return _("NOSSA knows an incident for this case.")
    return "" if any(check.tool == "nossa" for check in case.all_checks) else _("NOSSA has not answered yet.")


@guard(gettext_lazy("MyCX could not be reached to the last try"))
def mycx_is_silent(case: EmailCase, actor: Actor) -> str:
    calls = ExternalCall.objects.filter(procedure=case.procedure_name(), case_id=case.pk, operation="create_ticket")
    if calls.filter(status=ExternalCall.Status.DEAD).exists():
        return ""
    return _("MyCX is still being tried; a number entered by hand could open a second ticket.")


# --- who holds the case (P-05 5.6) ------------------------------------------------------------------------------------
@guard(gettext_lazy("somebody else holds the case"))
def is_held_by_another(case: EmailCase, actor: Actor) -> str:
    if case.owner_id is None:
        return _("Nobody holds this case: take it.")
    return _("You hold this case already.") if case.owner_id == actor.pk else ""


@guard(gettext_lazy("the case was taken over from somebody"))
def was_taken_over(case: EmailCase, actor: Actor) -> str:
    return "" if case.taken_from_id else _("This case was not taken over from anybody.")


@guard(gettext_lazy("the former owner is at work"))
def former_owner_is_here(case: EmailCase, actor: Actor) -> str:
    former = case.taken_from
    if former is None or (former.is_active and presence_of(former).state != PresenceState.OFFLINE):
        return ""
    return _("%(who)s is not at work: hand the case back to the queue instead.") % {"who": former}


# --- mail beyond the document (ADR-0008) -----------------------------------------------------------------------------
@guard(gettext_lazy("all services are of one segment"))
def is_one_segment(case: EmailCase, actor: Actor) -> str:
    return case.mixed_segments()


@guard(gettext_lazy("the mail names a case"))
def names_a_case(case: EmailCase, actor: Actor) -> str:
    if case.referenced_case is None or not actor.sees(case.referenced_case.desk_id, case.referenced_case.area_id):
        return _("The mail names no case that you may join it to.")
    return ""


@guard(gettext_lazy("no mail is held or scheduled"))
def nothing_held(case: EmailCase, actor: Actor) -> str:
    if not case_mail.held(case):
        return ""
    return _scheduled(case) or _("A mail of this case has not left yet: send it now or take it back.")


def opened_by_merging(case: Case) -> Event | None:
    """The merging that opened a closed case, where nothing else happened to it until that was undone just now."""
    events = Event.objects.filter(procedure=case.procedure_name(), case_id=case.pk).order_by("-seq")
    opening = events.filter(step="reopen_with_case").first()
    if opening is None or events.filter(seq__gt=opening.seq).exclude(step__in=["let_go", "note"]).exists():
        return None
    undone = events.filter(step="let_go", seq__gt=opening.seq, data__merged=opening.data["merged"])
    return opening if undone.exists() else None


@guard(gettext_lazy("only the merging that was undone had opened it"))
def only_merging_opened_it(case: EmailCase, actor: Actor) -> str:
    return "" if opened_by_merging(case) else _("More than the merging has happened to the case.")


@guard(gettext_lazy("the case names two products or more"))
def has_two_products(case: EmailCase, actor: Actor) -> str:
    return "" if len(case.known_product_ids()) > 1 else _("The case names fewer than two products.")


@guard(gettext_lazy("a mail is scheduled"))
def a_mail_is_scheduled(case: EmailCase, actor: Actor) -> str:
    return "" if case_mail.scheduled(case) else _("No mail of this case is scheduled.")
