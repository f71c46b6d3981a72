"""The abstract case that every procedure extends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.areas import area_of
from tenesa.accounts.models import Actor, Area, Desk, PresenceState, User, areas_at
from tenesa.accounts.presence import is_available
from tenesa.accounts.roles import Role
from tenesa.audit.models import Event

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from tenesa.mail.recipients import Conversation
    from tenesa.workflow.step import Step, StepContext

T = TypeVar("T")
CHANGE_AREA = "change_area"  # the step by which a person says where a case belongs
NO_CLOCK = timedelta(days=7)  # a case without a running clock is as urgent as one due a week after it was opened


def in_a_week() -> datetime:
    return timezone.now() + NO_CLOCK


class CaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The cases this actor may know of: those of their desks and areas; the system sees all."""
        if isinstance(actor, User):
            return self.filter(actor.place_filter())
        return self if actor.has_role(Role.SYSTEM) else self.none()


class Case(models.Model):
    """One run of a procedure. Only `perform` and `open_case` write it.

    `version` counts the events of the history and `chain` is the last one's hash, so the row itself tells whether its
    history is whole. `urgent_at` is the nearest running deadline, `urgent_for` that timer's name and `warn_at` its
    warning; lists are ordered by it. `needs_action` is True while somebody has to act. A concrete case has
    `objects = CaseQuerySet.as_manager()`.
    """

    document: ClassVar[str] = ""
    revision: ClassVar[str] = "00"
    prefix: ClassVar[str] = ""
    moved = False  # its area changed with this object: people of the one before have to hear of it, too
    area_came_from: ClassVar[_StrOrPromise] = ""  # what its area was taken from when it was opened
    page: ClassVar[str] = ""  # the name of the address of its page
    waits_in: ClassVar[Collection[str]] = ()  # states in which somebody has to act; none where `after_step` says it
    lease: ClassVar[timedelta | None] = None  # how long whoever holds a case may be silent; None: as long as they like
    found_presence: tuple[int | None, str | None] | None = None  # set by `perform`: who acts, and their presence

    # No index of their own: lists go by those of the procedure, and every index is written again at every step.
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", verbose_name=_("desk"), db_index=False)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("area"), null=True, db_index=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False)
    lease_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    urgent_at = models.DateTimeField(default=in_a_week)
    urgent_for = models.CharField(max_length=40, blank=True)
    warn_at = models.DateTimeField(null=True)
    needs_action = models.BooleanField(default=True, db_column="awaits")
    version = models.PositiveIntegerField(default=0)
    chain = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse(self.page, args=[self.pk])

    @property
    def number(self) -> str:
        return f"{self.prefix}{self.pk:07d}"

    @property
    def title(self) -> str:
        """What the case is about, in a line."""
        return ""

    @property
    def who(self) -> str:
        """Whose matter it is, by name."""
        return ""

    @property
    def witel(self) -> str:
        """Telkom's district of the customer, as far as it is known."""
        return ""

    @property
    def conversation(self) -> Conversation | None:
        """The mails with the customer; None where the procedure writes none."""
        return None

    @property
    def procedure_words(self) -> str:
        """What a case of this procedure is called."""
        return str(self._meta.verbose_name)

    def incident_numbers(self) -> list[str]:
        """NOSSA's tickets that the case is about, in the order in which they came."""
        return []

    def once(self, name: str, read: Callable[[], T]) -> T:
        """What `read` gives, read once for as long as no step is taken with this object: guards, forms and panels of
        one page ask for the same rows many times."""
        kept: dict[str, Any] = self.__dict__.setdefault("_readings", {})
        if name not in kept:
            kept[name] = read()
        found: T = kept[name]
        return found

    def forget_readings(self) -> None:
        self.__dict__.pop("_readings", None)

    def received(self, family: Sequence[int]) -> Q:
        """Which mails that came stand on its page; `family` as below."""
        return Q(procedure=self.procedure_name(), case_id__in=family)

    def clause_of(self, step: Step) -> str:
        """What the history names as the clause of a step; a step of several clauses may say which one it was here."""
        return step.clause

    def family(self) -> list[int]:
        """This case and every one that was merged into it."""
        return [self.pk]

    def current(self) -> Case:
        """Where this case lives on: itself, or what it was merged into."""
        return self

    def last_event(self) -> Event:
        mine = {"procedure": self.procedure_name(), "case_id": self.pk}
        return self.once("last event", lambda: Event.objects.get(**mine, seq=self.version))

    @classmethod
    def procedure_name(cls) -> str:
        """How the platform's tables name this procedure, for example "tickets.emailcase"."""
        return cls._meta.label_lower

    @classmethod
    def kept_until(cls, now: datetime) -> Any:
        """What `lease_until` becomes when whoever holds the case gives a sign of life: a moment, or an expression."""
        return now + (cls.lease or timedelta())

    def is_seen_by(self, actor: Actor) -> bool:
        """The rule of `visible_to`, for one row already in hand."""
        return actor.sees(self.desk_id, self.area_id)

    def finds_ready(self, user: User) -> bool:
        """Is this person in auto-in? `perform` has read it with the case; else it is asked now."""
        if self.found_presence is not None and self.found_presence[0] == user.pk:
            return self.found_presence[1] == PresenceState.AVAILABLE
        return self.once(f"presence of {user.pk}", lambda: is_available(user))

    def follow_witel(self, witel: str) -> None:
        """Take the area of the customer's district; called by the body of the step that learns of it.

        What a person chose stays, and an area in which nobody of the desk works hides no case. Whoever holds the case
        does not lose sight of it: they see the district, and may move the case.
        """
        code = area_of(witel)
        if code in {"", self.area_id} or code not in areas_at(self.desk_id):
            return
        if self.owner is not None and not self.owner.sees(self.desk_id, code):
            return
        chosen = Event.objects.filter(procedure=self.procedure_name(), case_id=self.pk, step=CHANGE_AREA)
        if not chosen.exists():
            self.move_to(code)

    def move_to(self, area: str | None) -> None:
        """People of this area see it from now on; of the whole desk where it is None."""
        self.area_id, self.moved = area, True

    def after_step(self, step: Step, taken: StepContext) -> None:
        """Called by `perform` after every body: columns that follow from the new state."""
        self.changed_at = taken.at
        if self.waits_in:
            self.needs_action = self.state in self.waits_in  # type: ignore[attr-defined]
