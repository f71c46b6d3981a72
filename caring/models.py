"""Prospects, results, promises and verdicts of P-01. State is written by `perform` alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from caring import billing
from caring.billing import Arrears
from caring.billing_models import BillingPolicy
from caring.dapros.models import DaprosBatch, DaprosPart, DaprosRow, Quota, Withdrawal
from caring.exclusions.models import Exclusion, ExclusionList
from caring.offers import catalogue
from caring.offers.models import Offer, OfferVersion
from caring.promises.models import Promise, PromiseLine
from caring.prospects import contact
from caring.prospects.models import FaultReport, ScriptSeen
from caring.prospects.procedure import ProspectProcedure
from caring.prospects.states import ENDED, HELD, WAITING, Campaign, Excluded, State
from caring.quality import blind
from caring.quality.models import CalibrationRound, Instrument, InstrumentItem, Ruling, SecondLook, Verdict
from caring.reconciliation.models import Difference, Reconciliation, SideFile
from caring.reports.models import CallReport
from caring.results.procedure import ResultProcedure
from caring.results.states import Awaits, Entry
from caring.results.states import State as ResultState
from caring.tree import TREE, Category, Reason, Status
from tenesa.accounts.models import Actor, User
from tenesa.workflow.case import CaseQuerySet

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

__all__ = [
    "BillingPolicy", "CalibrationRound", "CallReport", "CaringResult", "DaprosBatch", "DaprosPart", "DaprosRow",
    "Difference", "Exclusion", "ExclusionList", "FaultReport", "Instrument", "InstrumentItem", "Offer", "OfferVersion",
    "Promise", "PromiseLine", "Prospect", "Quota", "Reconciliation", "Ruling", "ScriptSeen", "SecondLook", "SideFile",
    "Verdict", "Withdrawal",
]  # fmt: skip

JUDGED = (
    "prospect_id", "campaign", "fastel", "agent_id", "called_at", "call_id", "recording", "status", "category",
    "receiver", "amount_told", "offer", "promised_on", "promised_amount", "supersedes_id",
)  # fmt: skip  # what QC judged of a version; none of it ever changes


def _row(which: str) -> str:
    return f"({', '.join(f'{which}.{column}' for column in JUDGED)})"


def _sampled(category: Category) -> bool | None:
    """Whether QC gets a result of this category; None where it is drawn at the end of its day (8.1)."""
    if category == Category.AGREE:
        return True if settings.CARING["qc_agrees"] else None
    return None if category == Category.DECLINE and settings.CARING["qc_declines"] else False


class ProspectQuerySet(CaseQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """A QCO reads nothing of a customer whose result they are to score blind."""
        found = super().visible_to(actor)
        if not blind.scores(actor):
            return found
        hidden = CaringResult.objects.filter(blind.hidden_from(actor))  # type: ignore[arg-type]
        return found.exclude(pk__in=hidden.values("prospect"))


class ResultQuerySet(CaseQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        found = super().visible_to(actor)
        return found.exclude(blind.hidden_from(actor)) if blind.scores(actor) else found  # type: ignore[arg-type]


class Prospect(ProspectProcedure):
    """One line of the list of prospects, worked on (P-01 6.4)."""

    objects = ProspectQuerySet.as_manager()
    results: RelatedManager[CaringResult]

    class Meta:
        verbose_name = _("prospect")
        verbose_name_plural = _("prospects")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="prospect_state_known"),
            models.CheckConstraint(condition=Q(campaign__in=Campaign.values), name="prospect_campaign_known"),
            models.CheckConstraint(condition=Q(excluded_why__in=Excluded.values), name="prospect_excluded_known"),
            models.CheckConstraint(
                condition=~Q(state=State.EXCLUDED) | ~Q(excluded_why=""), name="prospect_excluded_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=HELD) | Q(owner__isnull=False, ready=False), name="prospect_held_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(ready=True) | Q(state__in=WAITING, owner=None), name="prospect_ready_waits"
            ),
            models.CheckConstraint(condition=Q(period__day=1, oldest_month__day=1), name="prospect_months_are_months"),
            models.CheckConstraint(condition=Q(total__gte=0), name="prospect_arrears_not_negative"),
            models.CheckConstraint(condition=Q(place=0 - F("score")), name="prospect_place_is_score"),
            models.UniqueConstraint(  # of a list that was withdrawn they may come again with the right one
                fields=["fastel", "period", "withdrawal"], nulls_distinct=False, name="prospect_once_a_period"
            ),
            models.CheckConstraint(
                condition=Q(withdrawal=None) ^ Q(excluded_why="WITHDRAWN"), name="prospect_withdrawn_with_its_list"
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "place", "touched_at", "id"], condition=Q(ready=True), name="caring_queue"),
            models.Index(fields=["desk", "witel", "campaign", "team"], condition=Q(ready=True), name="caring_free"),
            models.Index(fields=["ready_at"], condition=Q(state__in=WAITING, ready=False), name="caring_not_ready"),
            models.Index(fields=["desk", "urgent_at", "id"], condition=~Q(state__in=ENDED), name="caring_open"),
            models.Index(fields=["desk", "-changed_at", "-id"], condition=Q(state__in=ENDED), name="caring_ended"),
            models.Index(fields=["owner", "urgent_at", "id"], condition=Q(state__in=HELD), name="caring_owner"),
            models.Index(
                fields=["desk", "urgent_at", "id"],
                condition=Q(state=State.IN_CALL, lease_until=None),
                name="caring_lacks_result",
            ),
            models.Index(fields=["desk", "-id"], name="caring_newest"),
            models.Index(
                fields=["promised_to", "urgent_at", "id"], condition=Q(state="FOLLOW_UP"), name="caring_appointments"
            ),
            models.Index(
                fields=["desk", "opened_at", "id"],
                include=["state", "owner", "needs_action", "urgent_for", "urgent_at"],
                condition=~Q(state__in=ENDED),
                name="caring_not_ended",
            ),
            models.Index(fields=["owner"], condition=Q(owner__isnull=False), name="caring_of_owner"),
            models.Index(fields=["lease_until"], condition=Q(state__in=HELD), name="caring_lease"),
            models.Index(fields=["ncli"], name="caring_of_customer"),
            models.Index(fields=["batch", "id"], name="caring_of_list"),
            models.Index(fields=["desk", "-changed_at", "-id"], condition=Q(state="EXCLUDED"), name="caring_excluded"),
        ]

    @property
    def title(self) -> str:
        return f"{self.get_campaign_display()} · {self.package}" if self.package else self.get_campaign_display()

    @property
    def who(self) -> str:
        return self.name

    @property
    def owed(self) -> Arrears:
        """What is unpaid, month by month, with today's fines; read once a page."""
        return self.once("owed", lambda: catalogue.owed_by(self))

    def owe(self, bills: Mapping[str, int]) -> None:
        """What is unpaid by month, and the campaign that follows from the oldest month."""
        self.bills, self.total = dict(bills), sum(bills.values())
        self.oldest_month = billing.oldest_of(bills) or self.oldest_month

    def bucket_now(self) -> str:
        """The campaign that its oldest unpaid month belongs to now; "" where it is older than both (8.1)."""
        return billing.bucket(self.oldest_month, max(self.period, timezone.localdate().replace(day=1)))

    def recalled(self) -> CaringResult | None:
        """The returned result that is being called again."""
        found: CaringResult | None = self.recall
        return found if found is not None and found.state == ResultState.RECALL else None

    def new_result(
        self, actor: Actor, at: datetime, told: Mapping[str, Any], recalled: CaringResult | None = None
    ) -> CaringResult:
        """The result, not stored yet, of the call that ended just now. `told` are the inputs of the step."""
        reason = Reason(told["reason"])
        leaf = TREE[reason]
        made = contact.last_dial(self)
        agent = made.agent if made else actor if isinstance(actor, User) else self.owner
        agrees = leaf.category == Category.AGREE
        awaits = Awaits.NOTHING
        if agrees and catalogue.needs_approval(self, told["offer"]):
            awaits = Awaits.OFFER
        elif reason == Reason.COMPLAINT:
            awaits = Awaits.COMPLAINT
        return CaringResult(
            desk_id=self.desk_id, area_id=self.area_id, prospect=self, campaign=self.campaign, period=self.period,
            day=timezone.localdate(at), fastel=self.fastel, ncli=self.ncli, name=self.name, agent=agent,
            login=agent.username if agent else "", team=self.team, attempt=self.attempts,
            number_called=self.number_called,
            called_at=made.at if made else at, duration=(made.duration or 0) if made else 0,
            call_id=made.call_id if made else "", log_awaited=bool(made and made.call_id and not made.ended_at),
            recording=told.get("recording") or (made.recording if made else ""),
            status=leaf.status, category=leaf.category, reason=reason, receiver=self.receiver, relation=self.relation,
            is_payer=self.payer_confirmed_at is not None, willing=bool(told.get("willing")), arrears=self.total,
            amount_told=told.get("amount_told"), offer=told.get("offer", ""),
            offer_version=catalogue.version_of(told["offer"]) if agrees else None,
            promised_on=told.get("promised_on") if agrees else None,
            promised_amount=sum(amount for _due, amount in catalogue.lines_of(self, told["offer"], told["promised_on"]))
            if agrees else None,
            remark=told.get("note", ""), awaits=awaits, entry=Entry.RECALL if recalled else Entry.NEW,
            supersedes=recalled if recalled and leaf.category in {Category.AGREE, Category.DECLINE} else None,
            sampled=_sampled(leaf.category),
            workers=sorted({one.pk for one in (agent, actor) if isinstance(one, User)}),
        )  # fmt: skip


class CaringResult(ResultProcedure):
    """What came of one call (P-01 5.3)."""

    objects = ResultQuerySet.as_manager()
    verdicts: RelatedManager[Verdict]

    class Meta:
        verbose_name = _("caring result")
        verbose_name_plural = _("caring results")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ResultState.values), name="result_state_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="result_status_known"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="result_category_known"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="result_reason_known"),
            models.CheckConstraint(condition=Q(period__day=1), name="result_period_is_month"),
            models.CheckConstraint(  # C-09
                condition=~Q(category="AGREE")
                | (
                    Q(is_payer=True, willing=True, amount_told__isnull=False, promised_on__isnull=False)
                    & ~Q(offer="")
                    & ~Q(recording="")
                ),
                name="result_agree_is_whole",
            ),
            models.CheckConstraint(  # 5.3, step 6: nothing counts as entered before both applications hold it
                condition=~Q(state__in=["ENTERED", "QC_QUEUED", "QC_CLAIMED", "APPROVED", "RETURNED"])
                | Q(entered_in__contains=["cwc", "mycx"]),
                name="result_in_both",
            ),
            models.CheckConstraint(  # 4.3: never one's own
                condition=Q(qco=None) | (~Q(qco=F("agent")) & ~Q(workers__contains=[F("qco_id")])),
                name="result_qco_is_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=ResultState.DRAFT) | ~Q(awaits=""), name="result_draft_awaits_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["desk", "urgent_at", "id"], condition=Q(needs_action=True), name="result_open"),
            models.Index(fields=["desk", "opened_at", "id"], condition=Q(state="QC_QUEUED"), name="result_qc_queue"),
            models.Index(fields=["owner", "urgent_at", "id"], condition=Q(state="QC_CLAIMED"), name="result_at_qc"),
            models.Index(
                fields=["desk", "returned_at", "id"],
                condition=Q(state__in=["RETURNED", "RECALL"]),
                name="result_returned",
            ),
            models.Index(
                fields=["agent", "-opened_at", "-id"],
                condition=Q(state__in=["RETURNED", "RECALL", "REINPUT"]),
                name="result_again",
            ),
            models.Index(
                fields=["desk", "opened_at", "id"],
                include=["state", "owner", "needs_action", "urgent_for", "urgent_at"],
                condition=~Q(state__in=["SUPERSEDED", "FINAL"]),
                name="result_not_ended",
            ),
            models.Index(
                fields=["desk", "state", "-opened_at", "-id"],
                condition=~Q(state__in=["SUPERSEDED", "FINAL"]),
                name="result_by_state",
            ),
            models.Index(fields=["agent", "-opened_at", "-id"], name="result_of_agent"),
            models.Index(fields=["desk", "-opened_at", "-id"], name="result_newest"),
            models.Index(fields=["desk", "-changed_at", "-id"], name="result_changed"),
            models.Index(fields=["day", "campaign", "id"], name="result_of_day"),
            models.Index(fields=["day", "campaign", "id"], condition=Q(category=Category.AGREE), name="result_agreed"),
            models.Index(fields=["desk", "-day", "-id"], name="result_by_day"),
            models.Index(fields=["prospect", "id"], name="result_of_prospect"),
            models.Index(fields=["ncli", "-id"], name="result_of_customer"),
            models.Index(fields=["lease_until"], condition=Q(state="QC_CLAIMED"), name="result_lease"),
            models.Index(fields=["desk", "day"], condition=Q(state="ENTERED", sampled=None), name="result_to_draw"),
            models.Index(fields=["-judged_at", "-id"], condition=Q(judged_at__isnull=False), name="result_judged"),
            GinIndex(fields=["workers"], name="result_workers"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="judged_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    f"OLD.judged_version IS NOT NULL AND {_row('OLD')} IS DISTINCT FROM {_row('NEW')}"
                ),
            ),
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
        ]

    @property
    def title(self) -> str:
        return f"{self.get_category_display()}: {self.get_reason_display()}"

    @property
    def who(self) -> str:
        return self.name

    @classmethod
    def opens_later(cls, user: User, **of: Any) -> str:
        """When those of these results that this QCO is to score blind can be read; "" where there is none."""
        hidden = cls.objects.filter(blind.hidden_from(user), **of).order_by("pk") if blind.scores(user) else ()
        for one in hidden:
            if super(CaringResult, one).is_seen_by(user):
                return blind.until(one)
        return ""

    def is_seen_by(self, actor: Actor) -> bool:
        seen = super().is_seen_by(actor)
        return seen and not (blind.scores(actor) and blind.is_hidden(self, actor))  # type: ignore[arg-type]

    @property
    def payer_key(self) -> str:
        """Whose promise it is: the customer by number, else by their line."""
        return self.ncli or self.fastel[:12]

    def due_next(self, today: date) -> PromiseLine | None:
        """The first line of its live promise that is due after today."""
        lines = PromiseLine.objects.filter(promise__result=self, promise__state__in=Promise.LIVE)
        return lines.filter(due__gt=today).order_by("due").first()

    def deciding_verdict(self) -> Verdict | None:
        """The verdict that holds for this version."""
        found = self.verdicts.filter(result_version=self.result_version, kind__in=Verdict.DECIDES, superseded_by=None)
        return found.first()
