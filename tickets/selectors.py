"""What else concerns an e-mail case, and the mails that its rows tell of."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.mail.models import FAILED, OutboundMail
from tickets.models import EmailCase, Expedite
from tickets.states import FOR_THE_LEADER

IN_QUEUE = Q(owner=None, awaits=True, triage="") & ~Q(state__in=FOR_THE_LEADER)  # waits for whoever is free


def last_mails(ids: list[int]) -> dict[int, OutboundMail]:
    """The mail that a row tells of: one that did not arrive, else the newest."""
    mails = OutboundMail.objects.filter(procedure=EmailCase.procedure_name(), case_id__in=ids)
    mails = mails.exclude(status=OutboundMail.Status.CANCELLED).defer("text", "html")
    failed = Case(When(FAILED, then=0), default=1)
    newest = mails.order_by("case_id", failed, "-created_at").distinct("case_id")
    return {mail.case_id: mail for mail in newest}


def expedites(case: EmailCase) -> QuerySet[Expedite]:
    return Expedite.objects.filter(case__in=case.family()).select_related("by")


@dataclass(frozen=True)
class Related:
    why: str
    cases: list[EmailCase]


def related(case: EmailCase, user: User) -> list[Related]:
    """Same product, same open incident, same customer: one glance answers a question for progress."""
    others = EmailCase.objects.visible_to(user).exclude(pk=case.pk)
    lines = case.known_lines
    products = [line.product_id for line in lines if line.product_id] or case.suggested_product_ids()
    incidents = [line.incident_number for line in lines if line.incident_number]
    customer = Q(customer=case.customer_id) if case.customer_id else Q(sender_address=case.sender_address)
    asked: list[tuple[str, Q | None]] = [
        (_("Named by the sender"), Q(pk=case.names_id) if case.names_id else None),
        (_("Merged"), Q(merged_into=case.pk) | Q(pk=case.merged_into_id)),
        (_("Split from the same mail"), Q(split_from=case.pk) | Q(pk=case.split_from_id)),
        (_("Same incident"), Q(lines__incident_number__in=incidents) if incidents else None),
        (_("Same product id"), Q(lines__product_id__in=products) if products else None),
        (_("Same customer"), customer),
    ]
    seen: set[int] = set()
    groups = []
    for words, where in asked:
        if where is None:
            continue
        cases = [other for other in others.filter(where).order_by("-pk").distinct()[:6] if other.pk not in seen]
        seen.update(other.pk for other in cases)
        if cases:
            groups.append(Related(words, cases[:5]))
    return groups
