"""What else concerns an e-mail case, and the mails that its rows tell of."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.mail.models import FAILED, OutboundMail
from tickets.models import EmailCase, Expedite
from tickets.states import FOR_THE_LEADER

IN_QUEUE = Q(owner=None, needs_action=True, triage="") & ~Q(state__in=FOR_THE_LEADER)  # waits for whoever is free


def last_mails(ids: list[int]) -> dict[int, OutboundMail]:
    """The mail that a row tells of: one that did not arrive, else the newest."""
    mails = OutboundMail.objects.filter(procedure=EmailCase.procedure_name(), case_id__in=ids)
    mails = mails.exclude(status=OutboundMail.Status.CANCELLED).defer("text", "html")
    failed = Case(When(FAILED, then=0), default=1)
    newest = mails.order_by("case_id", failed, "-created_at").distinct("case_id")
    return {mail.case_id: mail for mail in newest}


def expedites(case: EmailCase) -> list[Expedite]:
    """Whom we asked to hurry about the case and those merged into it, in the order of asking."""
    rows = Expedite.objects.filter(case__in=case.family()).select_related("by").order_by("at", "pk")
    return case.once("expedites", lambda: list(rows))


@dataclass(frozen=True)
class RelatedCases:
    why: str
    cases: list[EmailCase]


SHOWN = 5  # of one reason


def related_cases(case: EmailCase, user: User) -> list[RelatedCases]:
    """Same product, same open incident, same customer: one glance answers a question for progress."""
    others = EmailCase.objects.visible_to(user).exclude(pk=case.pk).order_by("-pk")
    reasons = {words: where for words, where in _reasons(case) if where is not None}
    found = [
        others.filter(where).annotate(place=Value(place)).values_list("place", "pk").distinct()[: SHOWN + 1]
        for place, where in enumerate(reasons.values())
    ]
    pairs = list(found[0].union(*found[1:], all=True)) if found else []
    rows = EmailCase.objects.in_bulk([pk for _place, pk in pairs]) if pairs else {}
    groups: list[RelatedCases] = []
    for place, words in enumerate(reasons):
        known = {one.pk for group in groups for one in group.cases}
        mine = sorted((pk for at, pk in pairs if at == place and pk not in known), reverse=True)[:SHOWN]
        groups += [RelatedCases(words, [rows[pk] for pk in mine])] if mine else []
    return groups


def _reasons(case: EmailCase) -> list[tuple[str, Q | None]]:
    """What a case has in common with others, the strongest first; each is a range of an index."""
    products = [line.product_id for line in case.known_lines if line.product_id] or case.suggested_product_ids()
    incidents = [line.incident_number for line in case.known_lines if line.incident_number]
    customer = Q(customer=case.customer_id) if case.customer_id else Q(sender_address=case.sender_address)
    return [
        (_("Named by the sender"), Q(pk=case.referenced_case_id) if case.referenced_case_id else None),
        (_("Merged"), Q(merged_into=case.pk) | Q(pk=case.merged_into_id)),
        (_("Split from the same mail"), Q(split_from=case.pk) | Q(pk=case.split_from_id)),
        (_("Same incident"), Q(lines__incident_number__in=incidents) if incidents else None),
        (_("Same product id"), Q(lines__product_id__in=products) if products else None),
        (_("Same customer"), customer),
    ]
