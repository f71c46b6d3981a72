"""The states and levels of an escalation, and the clock of each level (lokal: ADR-0013)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.roles import Role
from tenesa.timers.targets import Default


class State(TextChoices):
    REQUESTED = "REQUESTED", _("Asked of the owner")
    ASKED = "ASKED", _("Waiting for a decision")
    WITH_UNIT = "WITH_UNIT", _("With the unit")
    APPROVED = "APPROVED", _("Approved")
    RETURNED = "RETURNED", _("Returned with a note")
    TAKEN_OVER = "TAKEN_OVER", _("Taken over")
    ANSWERED = "ANSWERED", _("Answered by the unit")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


UNDECIDED = (State.REQUESTED, State.ASKED)
LIVE = (*UNDECIDED, State.WITH_UNIT)
ENDED = tuple(state for state in State if state not in LIVE)


class Purpose(TextChoices):
    HELP = "HELP", _("Escalation")
    TAKE_OVER = "TAKE_OVER", _("Request to take over")
    PROMISE = "PROMISE", _("Broken promise")


class Level(TextChoices):
    """Who decides (P-05 4, 5.6, 5.9); the owner decides only about handing the case over."""

    OWNER = "OWNER", _("Owner")
    TEAM_LEADER = "TEAM_LEADER", _("Team leader")
    SUPERVISOR = "SUPERVISOR", _("Supervisor")
    MANAGER = "MANAGER", _("Operations manager")


class AskedOf(TextChoices):
    """Whom somebody asks for help (P-05 5.6, 5.9); a unit is reached through the team leader's approval."""

    TEAM_LEADER = "TEAM_LEADER", _("Team leader")
    SUPERVISOR = "SUPERVISOR", _("Supervisor")
    TELKOM = "TELKOM", _("Telkom or another unit")


LEVELS = tuple(Level)
ROLE_OF = {Level.TEAM_LEADER: Role.TEAM_LEADER, Level.SUPERVISOR: Role.SUPERVISOR, Level.MANAGER: Role.MANAGER}
LEVEL_OF = {role: level for level, role in ROLE_OF.items()}


def above(level: str) -> Level | None:
    """The next level, or None at the top."""
    return next(iter(higher(level)), None)


def higher(level: str) -> tuple[Level, ...]:
    """The levels above it, the next first."""
    return LEVELS[LEVELS.index(Level(level)) + 1 :]


def up_to(level: Level) -> tuple[Level, ...]:
    """What somebody of this level may decide: their own level and those below."""
    return LEVELS[: LEVELS.index(level) + 1]


NOBODY, UNIT_ANSWER, AGAIN = "nobody_there", "unit_answer", "decision_again"


def clock_of(level: str) -> str:
    """Every level has a clock of its own, so that each has its target per desk."""
    return f"decision_{level.lower()}"


CLOCKS = {
    **{clock_of(level): level.label for level in Level},
    NOBODY: _("nobody of the level at work"),
    UNIT_ANSWER: _("answer of the unit"),
    AGAIN: _("the same level once more, late as it is"),  # as long as the level's own clock
}
DEFAULTS = (  # minutes, warning: what a new installation begins with
    Default(clock_of(Level.OWNER), 5, 3),
    Default(clock_of(Level.TEAM_LEADER), 15, 10),
    Default(clock_of(Level.SUPERVISOR), 30, 20),
    Default(clock_of(Level.MANAGER), 60, 45),
    Default(NOBODY, 5),
    Default(UNIT_ANSWER, 4 * 60, 3 * 60),
)


@dataclass(frozen=True)
class Unit:
    """Who helps where we cannot: a name for people, a group of the coordination channel (S-18, S-22)."""

    code: str
    name: str
    group: str


def units() -> dict[str, Unit]:
    named: dict[str, dict[str, Any]] = settings.ESCALATION_UNITS
    return {code: Unit(code, unit["name"], unit["group"]) for code, unit in named.items()}


def unit_choices() -> list[tuple[str, str]]:
    return [(unit.code, unit.name) for unit in units().values()]
