"""Holidays, dials and the log of attempts: what every desk knows of calls to customers (requirements 7.1, 8.1)."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.audit.masking import mask
from tenesa.contact.kinds import SOMEBODY_SPOKE, By, NumberIs, Purpose, Result, Why
from tenesa.contact.numbers import LONGEST

PERSON, NOTE = 80, 300
BY_BEGINNING = ["varchar_pattern_ops", "timestamptz_ops"]
# What an attempt says of its number. WRONG is for good, whatever comes after it.
_LEARN = """
    INSERT INTO contact_numberstate (person, number, state, at)
    VALUES (NEW.person, NEW.number,
            CASE NEW.result WHEN 'CONNECTED' THEN 'VERIFIED' WHEN 'WRONG_NUMBER' THEN 'WRONG' ELSE 'DEAD' END, NEW.at)
    ON CONFLICT (person, number) DO UPDATE SET state = EXCLUDED.state, at = EXCLUDED.at
        WHERE contact_numberstate.state <> 'WRONG'
            AND (EXCLUDED.state = 'WRONG' OR contact_numberstate.at <= EXCLUDED.at);
"""
_TEACHES = (
    "NEW.number <> '' AND (NEW.result IN ('INVALID', 'FAX') OR (NEW.person <> '' AND (NEW.result = 'WRONG_NUMBER'"
    " OR (NEW.result = 'CONNECTED' AND NEW.purpose = 'caring'))))"
)
_OF_A_CASE = Q(procedure="", case_id=None) | (~Q(procedure="") & Q(case_id__isnull=False))


class Holiday(models.Model):
    """A national holiday. One that is not confirmed is an estimate and changes no hours."""

    date = models.DateField(_("date"), primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    confirmed = models.BooleanField(_("confirmed"), default=True, help_text=_("not confirmed: changes no hours yet"))

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}"


class Dial(models.Model):
    """A number claimed to be dialled now, so that no two desks dial it at once; it counts until it FAILED.
    One that FAILED with a `call_id` rang, until the agent hung up: it counts for the limits alone.

    `key` is the page's own: pressed twice it is one dial. `call_id`, `result`, `duration` (seconds) and `recording` are
    what the softphone tells of the call. `proof` is what the rules saw: zone, local time, dials of the last 24 hours.
    """

    class State(models.TextChoices):
        CLAIMED = "CLAIMED", _("Being dialled")
        DIALLED = "DIALLED", _("Dialled by softphone")
        LINKED = "LINKED", _("Dialled by hand")
        FAILED = "FAILED", _("Not dialled")

    key = models.UUIDField(unique=True, default=uuid.uuid4)
    person = models.CharField(_("person"), max_length=PERSON, blank=True)
    number = models.CharField(_("number"), max_length=LONGEST)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    procedure = models.CharField(max_length=60, blank=True)
    case_id = models.BigIntegerField(null=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.CLAIMED)
    problem = models.CharField(max_length=200, blank=True)
    call_id = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, choices=Result, blank=True)
    duration = models.PositiveIntegerField(null=True)
    recording = models.CharField(max_length=80, blank=True)
    proof = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("dial")
        verbose_name_plural = _("dials")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["CLAIMED", "DIALLED", "LINKED", "FAILED"]), name="dial_state_known"
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="dial_purpose_known"),
            models.CheckConstraint(condition=Q(result__in=["", *Result.values]), name="dial_result_known"),
            models.CheckConstraint(condition=_OF_A_CASE, name="dial_of_a_case_or_of_none"),
            models.CheckConstraint(condition=Q(number__regex=r"^\d{3,}$"), name="dial_number_normal"),
            models.CheckConstraint(condition=~Q(state="DIALLED") | ~Q(call_id=""), name="dial_has_its_call"),
            models.UniqueConstraint(fields=["call_id"], condition=~Q(call_id=""), name="dial_call_once"),
        ]
        indexes = [
            models.Index(fields=["number", "-at"], name="dial_number"),
            models.Index(
                fields=["person", "-at"], opclasses=BY_BEGINNING, condition=~Q(person=""), name="dial_by_person"
            ),
            models.Index(fields=["procedure", "case_id", "at"], name="dial_of_case"),
            models.Index(fields=["agent", "-at"], condition=Q(state="DIALLED", ended_at=None), name="dial_running"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {mask(self.number)} {self.at:%Y-%m-%d %H:%M}"

    @property
    def stage(self) -> str:
        """ "by_hand", "ringing", "connected" or "ended", as the softphone told it last."""
        if self.state == self.State.LINKED:
            return "by_hand"
        if self.ended_at is not None:
            return "ended"
        return "connected" if self.result == Result.CONNECTED else "ringing"

    @property
    def is_unanswered(self) -> bool:
        """It has ended, and the softphone says that nobody answered."""
        return self.stage == "ended" and self.result not in {"", *SOMEBODY_SPOKE}

    @property
    def is_told(self) -> bool:
        """Whether somebody has said what came of it."""
        return hasattr(self, "attempt")

    @property
    def stands(self) -> str:
        """How it stands, in words, where nobody said what came of it."""
        return self.problem if self.state == self.State.FAILED else str(self.get_state_display())

    @property
    def is_running(self) -> bool:
        """Whether the softphone is in this call, as far as it was asked."""
        return self.state == Dial.State.DIALLED and self.ended_at is None


class ContactAttempt(models.Model):
    """One try to reach a customer, connected or not, by whichever desk. PostgreSQL refuses to change or delete it.

    `person` is a key of the one who was tried (`log.customer_key`), "" where nobody knows; `number` is in its normal
    form. `duration` is in seconds. With a `dial` it is the outcome of that dial; without one the call was made by hand.
    """

    person = models.CharField(_("person"), max_length=PERSON, blank=True)
    number = models.CharField(_("number"), max_length=LONGEST)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    procedure = models.CharField(max_length=60, blank=True)
    case_id = models.BigIntegerField(null=True)
    by = models.CharField(_("way"), max_length=8, choices=By, default=By.PHONE)
    at = models.DateTimeField(_("at"), default=timezone.now)
    result = models.CharField(_("result"), max_length=12, choices=Result)
    answered_by = models.CharField(_("who answered"), max_length=120, blank=True)
    call_id = models.CharField(_("call"), max_length=64, blank=True)
    recording = models.CharField(_("recording"), max_length=80, blank=True)
    duration = models.PositiveIntegerField(_("duration"), null=True)
    note = models.CharField(_("note"), max_length=NOTE, blank=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    dial = models.OneToOneField(Dial, models.PROTECT, related_name="attempt", null=True)

    class Meta:
        verbose_name = _("contact attempt")
        verbose_name_plural = _("contact attempts")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(result__in=Result.values), name="contact_result_known"),
            models.CheckConstraint(condition=Q(by__in=By.values), name="contact_way_known"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="contact_purpose_known"),
            models.CheckConstraint(condition=_OF_A_CASE, name="contact_of_a_case_or_of_none"),
            models.CheckConstraint(
                condition=~Q(result__in=SOMEBODY_SPOKE) | ~Q(answered_by=""), name="contact_says_who_answered"
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="contact_newest"),
            models.Index(fields=["number", "-at"], name="contact_number"),
            models.Index(
                fields=["person", "-at"], opclasses=BY_BEGINNING, condition=~Q(person=""), name="contact_by_person"
            ),
            models.Index(fields=["procedure", "case_id", "at"], name="contact_of_case"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="number_state",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func=f"IF {_TEACHES} THEN {_LEARN} END IF; RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.result} {self.at:%Y-%m-%d %H:%M}"

    @property
    def masked(self) -> str:
        return mask(self.number)

    @property
    def talked(self) -> int:
        """Seconds of talk, also where the softphone told of them after the attempt was recorded."""
        return self.duration or (self.dial.duration if self.dial else None) or 0


class NumberState(models.Model):
    """What is known of a number as one of a person's, where it is more than that it looks right.

    Kept by the log (trigger `number_state`), so that every door that writes an attempt keeps it. `person` is "" where
    an invalid number was called for nobody who is known.
    """

    person = models.CharField(_("person"), max_length=PERSON, blank=True)
    number = models.CharField(_("number"), max_length=LONGEST)
    state = models.CharField(_("state"), max_length=8, choices=NumberIs)
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("state of a number")
        verbose_name_plural = _("states of numbers")
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="number_state_once"),
            models.CheckConstraint(condition=Q(state__in=["VERIFIED", "DEAD", "WRONG"]), name="number_state_known"),
        ]
        indexes = [models.Index(fields=["number"], name="number_state_number")]

    def __str__(self) -> str:
        return f"{self.state} {mask(self.number)}"


class DialRefusal(models.Model):
    """A call that the rules refused, with what they saw (contact proof). PostgreSQL refuses to change or delete it.

    `agent` is None where no person asked for the call. `desk` and `area` are those that the case then had, by which
    lists of refused calls are read.
    """

    person = models.CharField(_("person"), max_length=PERSON, blank=True)
    number = models.CharField(_("number"), max_length=LONGEST, blank=True)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    procedure = models.CharField(max_length=60, blank=True)
    case_id = models.BigIntegerField(null=True)
    desk = models.ForeignKey("accounts.Desk", models.PROTECT, related_name="+", null=True, db_index=False)
    area = models.ForeignKey("accounts.Area", models.PROTECT, related_name="+", null=True, db_index=False)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False)
    at = models.DateTimeField(_("at"), default=timezone.now)
    why = models.CharField(_("rule"), max_length=8, choices=Why)
    words = models.CharField(_("reason"), max_length=300)
    next_at = models.DateTimeField(_("allowed from"), null=True)
    proof = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("refused call")
        verbose_name_plural = _("refused calls")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="refusal_purpose_known"),
            models.CheckConstraint(condition=Q(why__in=Why.values), name="refusal_rule_known"),
            models.CheckConstraint(condition=_OF_A_CASE, name="refusal_of_a_case_or_of_none"),
        ]
        indexes = [
            models.Index(  # carries the rule, so that refusals are counted without their rows
                fields=["desk", "purpose", "-at", "-id"], include=["why"], name="refusal_newest"
            ),
            models.Index(fields=["procedure", "case_id", "at"], name="refusal_of_case"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.why} {mask(self.number)} {self.at:%Y-%m-%d %H:%M}"
