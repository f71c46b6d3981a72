"""People, where they work, and whether they are ready for work (W-05 1.1, X-01, X-10)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.roles import HUMAN_ROLES, OUTSIDE, WITHOUT_CUSTOMERS, Role

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Area(models.Model):
    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Desk(models.Model):
    code = models.CharField(_("code"), max_length=12, primary_key=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("desk")
        verbose_name_plural = _("desks")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Team(models.Model):
    """People of one desk in one area, or in all areas where none is given."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    desk = models.ForeignKey(Desk, models.PROTECT, verbose_name=_("desk"), related_name="teams")
    area = models.ForeignKey(Area, models.PROTECT, verbose_name=_("area"), related_name="teams", null=True, blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Theme(models.TextChoices):
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
    SYSTEM = "system", _("As the system")


class NoticeMail(models.TextChoices):
    """When somebody's unread notices are mailed to them; the mornings are named by their zone."""

    HOUR = "HOUR", _("Every hour")
    WIB = "WIB", _("In the morning (WIB)")
    WITA = "WITA", _("In the morning (WITA)")
    WIT = "WIT", _("In the morning (WIT)")


class User(AbstractUser):
    """A person or a machine client; what they may do and see follows from their memberships.

    The columns below are the person's own choices; an empty one was never made, and the browser's counts.
    `notice_mail_stopped` says why mails of notices ended that the person had chosen.
    """

    TOUR = 7  # hints of the first-run tour; `tour_hint` is the next one to be shown, from 0

    memberships: RelatedManager[Membership]
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, blank=True)
    theme = models.CharField(_("appearance"), max_length=6, choices=Theme, blank=True)
    compact = models.BooleanField(_("compact rows and forms"), default=False)
    single_keys = models.BooleanField(_("single keys for what is done often"), default=True)
    signature = models.CharField(_("signature"), max_length=300, blank=True)
    tour_hint = models.PositiveSmallIntegerField(default=0)
    notice_mail = models.CharField(_("notices by mail"), max_length=4, choices=NoticeMail, blank=True)
    notice_mail_stopped = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(condition=Q(language__in=["", "id", "en"]), name="user_language_known"),
            models.CheckConstraint(condition=Q(theme__in=["", *Theme.values]), name="user_theme_known"),
            models.CheckConstraint(condition=Q(tour_hint__lte=7), name="user_tour_has_seven_hints"),
            models.CheckConstraint(condition=Q(notice_mail__in=["", *NoticeMail]), name="user_notice_mail_known"),
        ]
        indexes = [models.Index(fields=["notice_mail"], condition=Q(notice_mail__gt=""), name="user_wants_notice_mail")]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def as_holder(self) -> str:
        """The name where somebody stands as who has a thing now; whoever is no longer active is marked."""
        return str(self) if self.is_active else _("%(who)s (no longer active)") % {"who": self}

    @cached_property
    def _memberships(self) -> list[tuple[str, str, str | None, int]]:
        """One query a request, for roles, places and teams."""
        return list(self.memberships.values_list("role", "team__desk_id", "team__area_id", "team_id"))

    @cached_property
    def places(self) -> list[tuple[Role, str, str | None]]:
        """(role, desk code, area code or None for all areas) of every membership."""
        return [(Role(role), desk, area) for role, desk, area, _team in self._memberships]

    @cached_property
    def teams(self) -> frozenset[int]:
        return frozenset(team for _role, _desk, _area, team in self._memberships)

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(role for role, _desk, _area in self.places)

    def has_role(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def is_outside(self) -> bool:
        """Somebody of another house, who asks this one for something and sees that alone."""
        return bool(self.roles) and self.roles <= OUTSIDE

    @property
    def is_machine(self) -> bool:
        """The account of another system: it has tokens, and signs in by no browser."""
        return Role.API_CLIENT in self.roles

    @property
    def workplaces(self) -> list[tuple[Role, str, str | None]]:
        """Where the person works with customers; what they wrote is seen from there alone."""
        return [place for place in self.places if place[0] not in OUTSIDE | WITHOUT_CUSTOMERS]

    def place_filter(self, desk: str = "desk", area: str = "area") -> Q:
        """Rows of the desks and areas this person works for; rows without an area belong to the whole desk."""
        return reduce(or_, self.desk_filters(desk, area), Q(pk__in=[]))

    def desk_filters(self, desk: str = "desk", area: str = "area") -> list[Q]:
        """The same as one condition a desk. An index that begins with the desk gives one desk's rows in their order,
        those of several desks only after sorting them all."""
        filters = []
        for code in dict.fromkeys(desk_code for _role, desk_code, _area in self.workplaces):
            areas = [area_code for _role, desk_code, area_code in self.workplaces if desk_code == code]
            where = Q(**{f"{desk}_id": code})
            if None not in areas:
                where &= Q(**{f"{area}_id__in": areas}) | Q(**{f"{area}_id__isnull": True})
            filters.append(where)
        return filters

    def sees(self, desk_code: str, area_code: str | None) -> bool:
        """The same rule as `place_filter`, for one row already in hand."""
        return any(d == desk_code and (a is None or area_code in (None, a)) for _role, d, a in self.workplaces)


def read_places(people: Iterable[User]) -> None:
    """Read where many persons work, in one query."""
    by_person: dict[int, list[tuple[str, str, str | None, int]]] = {person.pk: [] for person in people}
    rows = Membership.objects.filter(user__in=by_person) if by_person else Membership.objects.none()
    for pk, role, desk, area, team in rows.values_list("user_id", "role", "team__desk_id", "team__area_id", "team_id"):
        by_person[pk].append((role, desk, area, team))
    for person in people:
        person.__dict__["_memberships"] = by_person[person.pk]


def areas_at(desk: str) -> frozenset[str]:
    """The areas for which a desk has a team of its own."""
    return frozenset(Team.objects.filter(desk=desk, area__isnull=False).values_list("area_id", flat=True))


class Membership(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships", verbose_name=_("team"))
    role = models.CharField(_("role"), max_length=20, choices=[(r.value, r.label) for r in HUMAN_ROLES])

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "team", "role"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class ApiToken(models.Model):
    """A key to REST, of which only the digest is kept; a revoked one stays, so that its use can be explained."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=80, help_text=_("Which program uses it."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    ending = models.CharField(_("ends in"), max_length=6, editable=False)
    created_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("made by")
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        constraints = [
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="token_kept_as_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.name} (…{self.ending})"


READINESS_CLAUSE = "W-05 1.1"


class Readiness(models.TextChoices):
    """The preparation list of W-05 1.1.1 - 1.1.7; a person confirms what no program can see (X-18)."""

    PC = "pc", _("PC and monitor are on (1.1.1)")
    APPS = "apps", _("Supporting applications are ready (1.1.2)")
    MYCX = "mycx", _("MyCX is ready (1.1.3)")
    NOSSA = "nossa", _("NOSSA is ready (1.1.4)")
    HEADSET = "headset", _("Headset is on (1.1.5)")
    LOGIN = "login", _("Signed in with my own login and password (1.1.6, 1.1.7)")


class PresenceState(models.TextChoices):
    OFFLINE = "OFFLINE", _("Offline")
    AVAILABLE = "AVAILABLE", _("Auto-in")
    AUX = "AUX", _("Not ready (AUX)")
    ACW = "ACW", _("After-call work")


class Presence(models.Model):
    """Where a person is now; `PresenceChange` keeps how it came about.

    `given` names the case that auto-in handed over last ("tickets.emailcase:17") and `opened_at` says when its page was
    opened; while `paused` none is handed over.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="presence", primary_key=True)
    state = models.CharField(max_length=10, choices=PresenceState, default=PresenceState.OFFLINE)
    reason = models.CharField(max_length=80, blank=True)
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    ready_on = models.DateField(null=True, help_text="Day on which the readiness list was confirmed")
    paused = models.BooleanField(default=False)
    given = models.CharField(max_length=80, blank=True)
    given_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(given="", given_at=None, opened_at=None) | (~Q(given="") & Q(given_at__isnull=False)),
                name="presence_given_has_time",
            ),
            models.CheckConstraint(condition=Q(state__in=PresenceState.values), name="presence_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.state}"


class PresenceChange(models.Model):
    """Append-only: every change of presence, with the list that was confirmed when the shift began."""

    user = models.ForeignKey(User, models.PROTECT, related_name="presence_changes")
    state = models.CharField(max_length=10, choices=PresenceState)
    reason = models.CharField(max_length=80, blank=True)
    checked = ArrayField(models.CharField(max_length=10), default=list)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="presence_change_user_at")]

    def __str__(self) -> str:
        return f"{self.user}: {self.state} {self.at:%Y-%m-%d %H:%M}"


class SystemActor:
    """Stands where a person would: timers, workers and answers of outside systems act as this."""

    pk: ClassVar[None] = None
    roles: ClassVar[frozenset[Role]] = frozenset({Role.SYSTEM})

    def has_role(self, *roles: Role) -> bool:
        return Role.SYSTEM in roles

    def sees(self, desk_code: str, area_code: str | None) -> bool:
        return True

    def __str__(self) -> str:
        return str(Role.SYSTEM.label)


SYSTEM = SystemActor()
Actor = User | SystemActor
