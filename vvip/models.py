"""Calls at the 147 desk and callbacks of Tier 2. State is written by `perform` alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from segmentation import classes, lookup
from segmentation.lookup import Match
from tenesa.accounts.models import SYSTEM, User
from tenesa.audit.masking import mask
from tenesa.audit.models import Event
from tenesa.workflow.case import CaseQuerySet
from tenesa.workflow.claiming import held_alone
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import open_case
from tenesa.workflow.readings import Reading
from vvip.audits.models import Audit, AuditTick
from vvip.callbacks import contact
from vvip.callbacks.forms import APPOINTMENT
from vvip.callbacks.procedure import CallbackProcedure
from vvip.callbacks.states import HELD, LIVE, Tier
from vvip.callbacks.states import State as CallbackState
from vvip.calls.procedure import CallProcedure
from vvip.calls.states import CALLBACK_ENDS_AFTER, Category, Channel, Kind, Outcome, Source, State, Topic

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

__all__ = ["Audit", "AuditTick", "Callback", "SpecialCase"]


STILL_ON_THE_LINE = timedelta(minutes=15)  # so long after the questions it is the same caller

LIVE_CALLBACKS = Reading(
    "live callbacks of the customer",
    lambda call: (
        Callback.objects.filter(customer=call.customer_id, state__in=LIVE)
        .select_related("owner", "call")
        .order_by("pk")
    ),
)


class SpecialCase(CallProcedure):
    """A call at 147 (W-26 5.2, 5.3)."""

    objects = CaseQuerySet.as_manager()
    callbacks: RelatedManager[Callback]

    class Meta:
        verbose_name = _("147 call")
        verbose_name_plural = _("147 calls")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="call_state_known"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="call_channel_known"),
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="call_topic_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="call_kind_known"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="call_category_known"),
            models.CheckConstraint(condition=Q(category_source__in=Source.values), name="call_source_known"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="call_outcome_known"),
            models.CheckConstraint(  # 5.2.2
                condition=~Q(internet_number="") | ~Q(phone_number="") | ~Q(ticket_number=""),
                name="call_names_a_number",
            ),
            models.CheckConstraint(  # 5.2.3: no list is looked at before the data are confirmed
                condition=Q(kind="") | Q(verified_at__isnull=False, customer__isnull=False), name="call_verified_first"
            ),
            models.CheckConstraint(  # 5.2.5, 5.3.3: no callback before the script
                condition=~Q(state__in=["WAYOUT_READ", "CALLBACK_QUEUED", "T2_PICKED", "T2_ANALYSED", "T2_CONTACTED"])
                | Q(script__isnull=False, script_read_at__gte=F("script_opened_at")),
                name="call_script_first",
            ),
            models.CheckConstraint(
                condition=Q(is_super_emergency=False) | Q(kind="VVIP", emergency_owner__isnull=False),
                name="call_emergency_has_owner",
            ),
            models.UniqueConstraint(fields=["call_id"], condition=~Q(call_id=""), name="call_once"),
        ]
        indexes = [
            models.Index(fields=["desk", "urgent_at", "id"], condition=~Q(state="CLOSED"), name="w26_call_open"),
            models.Index(fields=["desk", "-opened_at", "-id"], name="w26_call_newest"),
            models.Index(fields=["desk", "-changed_at", "-id"], condition=Q(state="CLOSED"), name="w26_call_closed"),
            models.Index(
                fields=["desk", "urgent_at", "id"], condition=Q(is_super_emergency=True), name="w26_call_emergency"
            ),
            models.Index(fields=["owner", "urgent_at", "id"], condition=~Q(state="CLOSED"), name="w26_call_owner"),
            models.Index(fields=["ticket_number"], condition=~Q(ticket_number=""), name="w26_call_of_ticket"),
        ]

    @property
    def title(self) -> str:
        return self.report or str(self.get_topic_display())

    @property
    def who(self) -> str:
        return self.customer.name if self.customer else mask(self.contact_number or self.internet_number)

    def incident_numbers(self) -> list[str]:
        return [self.ticket_number] if self.ticket_number else []

    def matches(self) -> list[Match]:
        """The customers who have one of the call's numbers: none, one or many; with the service that one names."""
        numbers = (self.internet_number, self.ticket_number, self.phone_number, self.caller_number)
        found = (match for number in numbers if number for match in lookup.customers_by(number))
        return self.once("matches", lambda: lookup.one_each(found))

    def is_about_another(self) -> bool:
        """Somebody was chosen who has none of the call's numbers."""
        chosen = self.customer is not None and self.service is None
        return chosen and all(match.customer != self.customer for match in self.matches())

    def only_match(self) -> Match | None:
        """The one customer who has its numbers; None where several or none do."""
        found = self.matches()
        return found[0] if len(found) == 1 else None

    def has_room(self, agent: User) -> bool:
        """Of Tier 2, for one callback more."""
        return held_alone(Callback, agent, HELD) < int(settings.W26["open_items"])

    def live_callback(self) -> Callback | None:
        """Its callback that is not ended."""
        return self.once("live callback", lambda: self.callbacks.filter(state__in=LIVE).order_by("-pk").first())

    def waiting_callback(self) -> Callback | None:
        """The live callback of the same customer about the same problem, whichever call opened it."""

        live = LIVE_CALLBACKS.of(self) if self.customer_id else []
        return next((one for one in live if one.problem == self.problem), None)

    def first_in_queue(self) -> list[Callback]:
        """Live callbacks of the customer that stand there as a super emergency."""
        return [one for one in LIVE_CALLBACKS.of(self) if one.first_tier == Tier.SUPER_EMERGENCY]

    def just_joined(self, agent: User) -> SpecialCase | None:
        """The call by which the customer rang again a moment ago, where this agent was sure of them."""
        since = timezone.now() - STILL_ON_THE_LINE
        rows = SpecialCase.objects.filter(owner=agent, outcome=Outcome.ATTACHED, verified_at__gt=since)
        return rows.filter(customer=self.customer_id).order_by("-verified_at").first() if self.customer_id else None

    def open_callback(
        self,
        facts: Mapping[str, Any],
        at: datetime,
        *,
        resumed_by: User | None = None,
        promised_to: User | None = None,
    ) -> Callback:
        """Put the customer into the queue of Tier 2, inside the transaction of the call's step; `resumed_by` has them
        at once, `promised_to` before all others. Raises NotNow where somebody was quicker."""
        tier = Tier(min(self.tier, Tier.HIGH_SPEED))  # whoever has no place stands last
        last = self.callbacks.order_by("-pk").first()
        known = {"number_to_call": last.number_to_call, "contact_name": last.contact_name} if last else {}
        found = {"identification": last.identification, "analysis": last.analysis} if last else {}
        told = {**known, **{name: value for name, value in facts.items() if value}}
        begin, end = told.get("wish_from"), told.get("wish_to")
        if begin or end:  # a wish without an end holds for the hour of an appointment
            begin, end = begin or at, end or begin + APPOINTMENT
        callback = Callback(
            desk_id=self.desk_id,
            area_id=self.area_id,
            call=self,
            customer=self.customer,
            problem=self.problem,
            number_to_call=str(told.get("number_to_call") or self.contact_number),
            contact_name=told.get("contact_name") or (self.customer.name if self.customer else ""),
            zone=self.zone,
            wish_from=begin,
            wish_to=end,
            tier=tier,
            first_tier=tier,
            expires_at=at + CALLBACK_ENDS_AFTER,
            **found,
        )
        callback.wait(at)
        callback.promised_to = promised_to
        try:
            with transaction.atomic():
                if resumed_by is not None:
                    return open_case(callback, "resume", actor=SYSTEM, owner=resumed_by)
                return open_case(callback, "enqueue", actor=SYSTEM, ready_at=callback.first_moment(at))
        except IntegrityError:
            raise NotNow([gettext("A callback about this was entered just now: join this call to it.")]) from None


class Callback(CallbackProcedure):
    """A customer whom Tier 2 calls back (W-26 5.2.6, 5.3.4)."""

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CallbackState.values), name="callback_state_known"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="callback_tier_known"),
            models.CheckConstraint(condition=~Q(number_to_call=""), name="callback_has_number"),
            models.CheckConstraint(
                condition=~Q(state__in=HELD) | Q(owner__isnull=False), name="callback_held_by_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["QUEUED", "SCHEDULED", "RETRY_WAIT"]) | Q(owner__isnull=True),
                name="callback_waits_for_all",
            ),
            models.CheckConstraint(
                condition=Q(wish_from=None, wish_to=None) | Q(wish_to__gt=F("wish_from")), name="callback_wish_is_whole"
            ),
            models.UniqueConstraint(
                fields=["customer", "problem"],
                condition=Q(state__in=LIVE, customer__isnull=False),
                name="callback_one_live",
            ),
            models.UniqueConstraint(fields=["call"], condition=Q(state__in=LIVE), name="callback_one_of_call"),
        ]
        indexes = [
            models.Index(fields=["desk", "tier", "due_at", "id"], condition=Q(state="QUEUED"), name="callback_queue"),
            models.Index(fields=["desk", "urgent_at", "id"], condition=Q(state__in=LIVE), name="callback_live"),
            models.Index(fields=["desk", "-opened_at", "-id"], name="callback_newest"),
            models.Index(fields=["desk", "-changed_at", "-id"], name="callback_changed"),
            models.Index(fields=["owner", "urgent_at", "id"], condition=Q(state__in=HELD), name="callback_owner"),
            models.Index(fields=["lease_until"], condition=Q(lease_until__isnull=False), name="callback_lease"),
        ]

    @property
    def title(self) -> str:
        return self.call.title

    @property
    def who(self) -> str:
        return self.contact_name or self.call.who

    def incident_numbers(self) -> list[str]:
        return self.call.incident_numbers()

    def first_moment(self, at: datetime) -> datetime:
        """Now, or when the customer's wish and the hours of their zone begin."""
        first = max(at, self.wish_from or at)
        verdict = contact.verdict(self, first)
        return first if verdict.allowed or verdict.next_at is None else verdict.next_at

    def last_escalation(self) -> str:
        """What was asked when it was escalated last, as the history has it."""
        steps = ("escalate_by_request", "escalate_by_sop")
        taken = Event.objects.filter(procedure=self.procedure_name(), case_id=self.pk, step__in=steps)
        return taken.order_by("-seq").values_list("data__text", flat=True).first() or ""

    def is_still_ordered(self) -> bool:
        """Whether the list still orders what it ordered at the check."""
        if self.customer is None:
            return False
        return self.call.action in {
            entry.action for entry in classes.class_of(customer=self.customer, at=timezone.now()).entries
        }
