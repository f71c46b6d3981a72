"""An e-mail case to others: what a decision does to it (tenesa.escalation.registry), what it is found by besides
its mails and its line among the results, what other desks may know of a customer's cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import SYSTEM, Actor, PresenceState, User
from tenesa.accounts.presence import presence_of
from tenesa.audit.masking import mask
from tenesa.escalation import registry as escalations
from tenesa.escalation.models import Escalation
from tenesa.escalation.registry import Brief, Subject, moved_on, take_step
from tenesa.escalation.states import Purpose
from tenesa.escalation.states import State as Asked
from tenesa.search import registry as search
from tenesa.search.registry import Line as SearchLine
from tenesa.search.registry import Piece, Place
from tenesa.workflow.perform import perform
from tenesa.workspace import cross_desk, notes
from tenesa.workspace.cross_desk import CustomerKeys
from tickets.models import EmailCase, Line
from tickets.states import ENDED, OPEN, WORKED_ON, State


def register() -> None:
    """Called once, in `AppConfig.ready`."""
    subject = Subject(
        briefs=briefs, give_back=give_back, take_over=take_over, hand_to=hand_to, tell=tell, moot=moot
    )  # fmt: skip
    escalations.register(EmailCase.procedure_name(), subject)
    search.register(
        search.Source(
            EmailCase, gettext_lazy("E-mail cases"), "mail", pieces, line, order=0, related=["customer"],
            list_url=lambda: reverse("cases:list"),
        )
    )  # fmt: skip
    cross_desk.register_cases(EmailCase, conditions, related=["customer"])


# --- escalations -----------------------------------------------------------------------------------------------------
def briefs(case_ids: Sequence[int]) -> Mapping[int, Brief]:
    cases = EmailCase.objects.filter(pk__in=case_ids).select_related("customer", "owner")
    return {case.pk: _brief(case) for case in cases}


def _brief(case: EmailCase) -> Brief:
    facts = (
        (_("Segment"), case.get_segment_display() if case.segment else ""),
        (_("Need"), " · ".join(filter(None, [case.get_kind_display(), case.get_complaint_display()]))),
        (_("Owner"), case.owner),
        (_("Came from"), State(case.state_before).label if case.state == State.ESCALATED else ""),
    )
    return Brief.of(case, facts)


def give_back(escalation: Escalation, actor: Actor, words: str) -> None:
    """Back to where it was; to the queue where its owner has gone home meanwhile."""
    case: EmailCase = take_step(escalation, "return_escalation", answer=words)
    if case.owner is not None and case.state in WORKED_ON and not _is_here(case.owner):
        perform(case, "release", actor=SYSTEM)


def _is_here(user: User) -> bool:
    return user.is_active and presence_of(user).state != PresenceState.OFFLINE


def take_over(escalation: Escalation, user: User, words: str) -> None:
    take_step(escalation, "take_escalated", owner=user, decision=words)


def hand_to(escalation: Escalation, user: User, words: str) -> None:
    take_step(escalation, "change_hands", owner=user, decision=words)


def tell(escalation: Escalation, words: str) -> None:
    if EmailCase.objects.filter(pk=escalation.case_id, state__in=OPEN).exists():
        take_step(escalation, "note_escalation", decision=words)


def moot(escalation: Escalation) -> str:
    case = EmailCase.objects.filter(pk=escalation.case_id).select_related("owner").first()
    if case is None:
        return _("The case is no longer there.")
    now = {"number": case.number, "who": case.owner and case.owner.as_holder}
    if escalation.purpose == Purpose.HELP:
        return "" if case.state == State.ESCALATED else moved_on(case)
    if case.state in ENDED:
        return moved_on(case)
    if case.owner is None:
        return _("Nobody holds %(number)s any more: take it.") % now
    if case.owner_id == escalation.asker_id or (
        escalation.state == Asked.REQUESTED and case.owner_id != escalation.owner_id
    ):
        return _("%(number)s has changed hands: it is held by %(who)s.") % now
    return ""


# --- search ----------------------------------------------------------------------------------------------------------
CASES = {
    "subject": Place.SUBJECT,
    "sender_name": Place.NAME,
    "sender_address": Place.ADDRESS,
    "customer__name": Place.NAME,
    "customer__reference": Place.REFERENCE,
    "reporter_name": Place.NAME,
    "reporter_phone": Place.PHONE,
    "reporter_email": Place.ADDRESS,
    "related_product": Place.FACT,
    "description": Place.FACT,
    "cause": Place.FACT,
    "repair": Place.FACT,
}


def pieces(ids: Sequence[int]) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = {pk: [Piece(Place.NUMBER, f"{EmailCase.prefix}{pk:07d}")] for pk in ids}
    for pk, piece in (*_of_cases(ids), *_of_rows(ids)):
        found[pk].append(piece)
    return found


def _of_cases(ids: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    for pk, *texts in EmailCase.objects.filter(pk__in=ids).values_list("pk", *CASES):
        yield from ((pk, Piece(place, text or "")) for place, text in zip(CASES.values(), texts, strict=True))


def _of_rows(ids: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    """Products and incidents, notes, and what units call their part of the work."""
    lines = Line.objects.filter(case__in=ids).values_list("case_id", "product_id", "incident_number")
    for pk, product, incident in lines:
        yield pk, Piece(Place.PRODUCT, product)
        yield pk, Piece(Place.INCIDENT, incident)
    for pk, text in notes.texts(EmailCase.procedure_name(), ids):
        yield pk, Piece(Place.NOTE, text)
    passed_on = Escalation.objects.filter(procedure=EmailCase.procedure_name(), case_id__in=ids)
    for pk, reference in passed_on.values_list("case_id", "reference"):
        yield pk, Piece(Place.REFERENCE, reference)


def line(case: EmailCase) -> SearchLine:
    who = case.customer.name if case.customer else case.sender_name or mask(case.sender_address)
    state = str(case.get_state_display())
    return SearchLine(case.number, case.subject, who, state, case.get_absolute_url())


# --- other desks -----------------------------------------------------------------------------------------------------
def conditions(keys: CustomerKeys) -> Iterator[Q]:
    """What was void is nobody's case."""
    if keys.reference:
        yield Q(customer__reference=keys.reference) & NOT_VOID
    if keys.addresses:
        yield Q(sender_address__in=list(keys.addresses)) & NOT_VOID
    lines = Line.objects.order_by().values("case")
    if keys.services:
        yield Q(pk__in=lines.filter(product_id__in=list(keys.services))) & NOT_VOID
    if keys.incidents:
        yield Q(pk__in=lines.filter(incident_number__in=list(keys.incidents)).exclude(incident_number="")) & NOT_VOID


NOT_VOID = ~Q(state=State.VOID)
