"""Entries of the lists of special and VVIP customers. State is written by `perform` alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from segmentation.special_list.columns import PROPOSERS, leads
from segmentation.special_list.procedure import ListProcedure
from segmentation.special_list.states import LIVE, OF_SPECIAL, OF_VVIP, Action, Criterion, State
from tenesa.accounts.models import Actor, User
from tenesa.workflow.case import CaseQuerySet

OPEN = (State.PROPOSED, *LIVE)


class ListQuerySet(CaseQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Leaders see the list of the whole house, others what they entered themselves."""
        if not isinstance(actor, User):
            return super().visible_to(actor)
        if leads(actor):
            return self.all()
        return self.filter(entered_by=actor) if actor.has_role(*PROPOSERS) else self.none()


class ListEntry(ListProcedure):
    """One customer, or one service of theirs, on the list by one criterion (W-26 5.1.1, 5.1.2)."""

    objects = ListQuerySet.as_manager()  # type: ignore[django-manager-missing, unused-ignore]

    class Meta:
        app_label = "segmentation"
        verbose_name = _("list entry")
        verbose_name_plural = _("list entries")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="entry_state_known"),
            models.CheckConstraint(condition=Q(action__in=Action.values), name="entry_action_known"),
            models.CheckConstraint(
                condition=Q(kind="SPECIAL", criterion__in=OF_SPECIAL) | Q(kind="VVIP", criterion__in=OF_VVIP),
                name="entry_criterion_of_its_kind",
            ),
            models.CheckConstraint(condition=~Q(evidence="") & ~Q(source=""), name="entry_says_why"),
            models.CheckConstraint(
                condition=Q(entered_by__isnull=False) | Q(criterion=Criterion.SUPER_EMERGENCY), name="entry_has_author"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(entered_by__isnull=True) | ~Q(entered_by=F("approved_by")),
                name="entry_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(change_decided_by__isnull=True)
                | Q(change_by__isnull=False) & ~Q(change_by=F("change_decided_by")),
                name="entry_change_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=LIVE) | Q(approved_by__isnull=False), name="entry_in_force_is_approved"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CHANGING) | Q(change_by__isnull=False), name="entry_change_has_author"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from"), review_due__gte=F("valid_from")), name="entry_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(review_due__lte=F("reviewed_on") + timedelta(days=366)), name="entry_reviewed_in_a_year"
            ),
            models.CheckConstraint(
                condition=~Q(criterion=Criterion.FOLLOWERS) | Q(measure__has_keys=["platform", "count", "measured_at"]),
                name="entry_followers_counted",
            ),
            models.CheckConstraint(
                condition=~Q(criterion=Criterion.OFFICIAL) | Q(measure__has_key="term_end"), name="entry_term_known"
            ),
            models.UniqueConstraint(
                fields=["customer", "service", "criterion"],
                condition=Q(state__in=OPEN),
                nulls_distinct=False,
                name="entry_once",
            ),
            models.UniqueConstraint(fields=["entered_by", "request_key"], name="entry_key_once"),
        ]
        indexes = [
            models.Index(fields=["customer", "id"], name="entry_of_customer"),
            models.Index(fields=["customer"], condition=Q(state__in=LIVE), name="entry_in_force"),
            models.Index(fields=["urgent_at", "id"], condition=Q(state__in=OPEN), name="entry_open"),
            models.Index(fields=["urgent_at", "id"], condition=Q(needs_action=True), name="entry_awaits"),
            models.Index(fields=["urgent_at", "id"], condition=Q(state__in=LIVE), name="entry_live"),
            models.Index(fields=["-opened_at", "-id"], name="entry_newest"),
            models.Index(fields=["entered_by", "-opened_at", "-id"], name="entry_of_author"),
        ]

    @property
    def title(self) -> str:
        return f"{self.get_kind_display()} · {self.label}"

    @property
    def who(self) -> str:
        return self.customer.name
