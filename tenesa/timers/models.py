"""Named clocks: targets as data, a row a clock, and a ledger from which every clock can be computed again (X-05)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import Desk

WEEKDAYS = (
    (0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday")), (4, _("Friday")), (5, _("Saturday")),
    (6, _("Sunday")),
)  # fmt: skip
A_YEAR = 366 * 24 * 60


class Calendar(models.Model):
    """When a clock counts. A clock without a calendar counts day and night."""

    code = models.SlugField(_("code"), max_length=20, primary_key=True)
    name = models.CharField(_("name"), max_length=80)
    zone = models.CharField(_("time zone"), max_length=40, default="Asia/Jakarta")
    public_holidays = models.BooleanField(_("closed on Indonesian public holidays"), default=True)
    collective_leave = models.BooleanField(_("closed on collective leave (cuti bersama)"), default=False)

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Opening(models.Model):
    """Hours of one weekday; several a day are allowed, what goes on after midnight is a second one."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="openings")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WEEKDAYS)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"), help_text=_("00:00 is midnight at the end of the day"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["calendar", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")) | Q(closes="00:00"), name="opening_has_length"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class SpecialDay(models.Model):
    """A day that differs: closed though no public holiday, or open on one, at the hours named."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="special_days")
    day = models.DateField(_("day"))
    opens = models.TimeField(_("opens"), null=True, blank=True, help_text=_("empty: closed all day"))
    closes = models.TimeField(_("closes"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["calendar", "day"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="special_day_once"),
            models.CheckConstraint(
                condition=Q(opens=None, closes=None)
                | Q(closes__gt=F("opens"))
                | Q(opens__isnull=False, closes="00:00"),
                name="special_day_has_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.note}".strip()


class Target(models.Model):
    """How long a clock runs. The row that names the desk wins, then the one that names the segment."""

    procedure = models.CharField(_("procedure"), max_length=60)
    name = models.CharField(_("clock"), max_length=40)
    desk = models.ForeignKey(
        Desk, models.CASCADE, related_name="+", verbose_name=_("desk"), null=True, blank=True,
        help_text=_("empty: every desk"),
    )  # fmt: skip
    segment = models.CharField(_("segment"), max_length=20, blank=True, default="", help_text=_("empty: every segment"))
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MinValueValidator(1), MaxValueValidator(A_YEAR)])
    warn_minutes = models.PositiveIntegerField(_("warn after minutes"), null=True, blank=True)
    calendar = models.ForeignKey(
        Calendar, models.PROTECT, related_name="targets", verbose_name=_("calendar"), null=True, blank=True,
        help_text=_("empty: day and night"),
    )  # fmt: skip
    active = models.BooleanField(_("active"), default=True, help_text=_("not active: this clock is not started"))

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["procedure", "name", "desk", "segment"]
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "name", "desk", "segment"], nulls_distinct=False, name="target_once"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0, minutes__lte=A_YEAR), name="target_length"),
            models.CheckConstraint(
                condition=Q(warn_minutes=None) | Q(warn_minutes__gt=0, warn_minutes__lt=F("minutes")),
                name="target_warns_before",
            ),
        ]

    def __str__(self) -> str:
        from tenesa.timers import targets  # which reads these rows

        named = targets.words_of_clock(self.procedure, self.name), targets.segment_words(self.procedure, self.segment)
        return " · ".join(filter(None, [named[0], self.desk_id, named[1], f"{self.minutes} min"]))

    def clean(self) -> None:
        if self.calendar_id and not Opening.objects.filter(calendar=self.calendar_id).exists():
            raise ValidationError(
                {"calendar": _t("This calendar has no opening hours: its clocks would never be due.")}
            )
        if self.warn_minutes is not None and not 0 < self.warn_minutes < (self.minutes or 0):
            raise ValidationError({"warn_minutes": _t("The warning comes before the target is over.")})


class Timer(models.Model):
    """One clock of one case. When it is due, `step` is taken by the system; without a step it only counts.

    The columns are what the clock's marks say (`tenesa.timers.ledger`). `goes_on`: the clock takes its step and counts
    on as breached. `left` and `left_warn` are what a paused clock has left of its working time. `note` says why a step
    was refused, or what a clock that follows another system's history follows.
    """

    class State(models.TextChoices):
        RUNNING = "RUNNING", _("running")
        PAUSED = "PAUSED", _("paused")
        STOPPED = "STOPPED", _("stopped")
        FIRED = "FIRED", _("carried out")

    LIVE = (State.RUNNING, State.PAUSED)

    procedure = models.CharField(max_length=60)
    case_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    warn_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="+", null=True, db_index=False)
    step = models.CharField(max_length=60, blank=True)
    goes_on = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    paused_at = models.DateTimeField(null=True)
    left = models.DurationField(null=True)
    left_warn = models.DurationField(null=True)
    ended_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    breached = models.BooleanField(default=False)
    retry_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    # When the sweep has to look at it: at the warning, at the due time, or when a failed step is tried again.
    look_at = models.GeneratedField(
        expression=Case(
            When(
                Q(state="RUNNING", breached=False),
                then=Greatest(
                    Case(When(warned_at=None, then=Least("warn_at", "due_at")), default="due_at"), "retry_at"
                ),
            ),
            default=None,
            output_field=models.DateTimeField(null=True),
        ),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "case_id", "name"],
                condition=Q(state__in=["RUNNING", "PAUSED"]),
                name="timer_one_alive",
            ),
            models.CheckConstraint(condition=Q(due_at__gt=F("started_at")), name="timer_due_after_start"),
            models.CheckConstraint(
                condition=Q(state__in=["RUNNING", "PAUSED"]) | Q(ended_at__isnull=False), name="timer_ended_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="PAUSED") | Q(paused_at__isnull=False, left__isnull=False),
                name="timer_paused_has_rest",
            ),
            models.CheckConstraint(
                condition=~Q(state="RUNNING") | Q(paused_at=None, ended_at=None), name="timer_running_is_not_over"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at", "id"], condition=Q(look_at__isnull=False), name="timer_look"),
            models.Index(fields=["case_id", "procedure"], name="timer_case"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.procedure} {self.case_id}: {self.state}"


class Mark(models.Model):
    """What happened to a clock, written with the step that did it (`seq` is its event's number) or by the sweep.

    STARTED and RESUMED say when the clock is due by then, PAUSED what it has left, WARNED and BREACHED who was told
    (BREACHED with a due time: found in another system's history, told to nobody).
    MOVED: its calendar has changed, and so has the moment at which the same working time is over.
    RESTORED takes the last STOPPED, PAUSED or RESUMED back. PostgreSQL refuses to change or delete a mark.
    """

    class Kind(models.TextChoices):
        STARTED = "STARTED", _("started")
        PAUSED = "PAUSED", _("paused")
        RESUMED = "RESUMED", _("goes on")
        WARNED = "WARNED", _("warned")
        BREACHED = "BREACHED", _("overdue")
        STOPPED = "STOPPED", _("stopped")
        FIRED = "FIRED", _("carried out")
        RESTORED = "RESTORED", _("step taken back")
        MOVED = "MOVED", _("moved")

    timer = models.ForeignKey(Timer, models.PROTECT, related_name="marks")
    kind = models.CharField(max_length=8, choices=Kind)
    at = models.DateTimeField()
    seq = models.PositiveIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    left = models.DurationField(null=True)
    left_warn = models.DurationField(null=True)
    told = models.JSONField(default=list)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[
                "STARTED", "PAUSED", "RESUMED", "WARNED", "BREACHED", "STOPPED", "FIRED", "RESTORED", "MOVED",
            ]), name="mark_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind__in=["STARTED", "RESUMED", "MOVED"]) | Q(due_at__isnull=False),
                name="mark_says_when_due",
            ),
            models.CheckConstraint(condition=~Q(kind="PAUSED") | Q(left__isnull=False), name="mark_says_what_is_left"),
        ]  # fmt: skip
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


def midnight_is_last(opens: Any, closes: Any) -> tuple[int, int]:
    """Opening hours as minutes of the day."""
    start, end = (moment.hour * 60 + moment.minute for moment in (opens, closes))
    return start, end or int(timedelta(days=1).total_seconds() // 60)
