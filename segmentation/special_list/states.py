"""Kinds, criteria and orders of W-26 5.1, the states of an entry, and its clocks."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tenesa.timers.targets import Default


class State(TextChoices):
    PROPOSED = "PROPOSED", _("Waits for approval")
    ACTIVE = "ACTIVE", _("In force")
    CHANGING = "CHANGING", _("In force, a change waits for approval")
    REVIEW = "REVIEW", _("In force, to be reviewed")
    REJECTED = "REJECTED", _("Not approved")
    ENDED = "ENDED", _("Taken off the list")
    EXPIRED = "EXPIRED", _("Expired")


LIVE = (State.ACTIVE, State.CHANGING, State.REVIEW)
ENDED = (State.REJECTED, State.ENDED, State.EXPIRED)
TO_DECIDE = (State.PROPOSED, State.CHANGING)


class Kind(TextChoices):
    SPECIAL = "SPECIAL", _("Special")
    VVIP = "VVIP", "VVIP"


class Criterion(TextChoices):
    """W-26 5.1.1 a - c, then 5.1.2 a - e."""

    HIGH_SPEED = "HIGH_SPEED", _("Package of 50 – 100 Mbps")
    NO_UNISOLATE = "NO_UNISOLATE", _("Management: no un-isolation")
    CUT_REINSTALL = "CUT_REINSTALL", _("Management: cut and reinstall")
    HARD_COMPLAINT = "HARD_COMPLAINT", _("Hard complaint")
    SUPER_EMERGENCY = "SUPER_EMERGENCY", _("Super emergency")
    PUBLIC_FIGURE = "PUBLIC_FIGURE", _("Public figure")
    OFFICIAL = "OFFICIAL", _("Official")
    FOLLOWERS = "FOLLOWERS", _("Many followers")
    EXECUTIVE = "EXECUTIVE", _("SOE or stakeholder executive")
    ENDORSER = "ENDORSER", _("Telkom endorser")


OF_SPECIAL = (
    Criterion.HIGH_SPEED,
    Criterion.NO_UNISOLATE,
    Criterion.CUT_REINSTALL,
    Criterion.HARD_COMPLAINT,
    Criterion.SUPER_EMERGENCY,
)
BY_PEOPLE = tuple(one for one in Criterion if one != Criterion.SUPER_EMERGENCY)  # that one is set by V-12 alone
OF_VVIP = tuple(one for one in Criterion if one not in OF_SPECIAL)


def kind_of(criterion: str) -> Kind:
    return Kind.SPECIAL if criterion in OF_SPECIAL else Kind.VVIP


class Action(TextChoices):
    """What an entry orders, the most restrictive first: of several entries the first one wins."""

    TO_PLASA = "TO_PLASA", _("Do not open the isolation; to Plasa Telkom")
    CUT_REINSTALL = "CUT_REINSTALL", _("Cut and reinstall IndiHome")
    RETENTION = "RETENTION", _("Retention offer")
    PRIORITY = "PRIORITY", _("Handle with priority")
    NONE = "NONE", _("Nothing in particular")


USUAL: Mapping[str, Action] = {
    Criterion.NO_UNISOLATE: Action.TO_PLASA,
    Criterion.CUT_REINSTALL: Action.CUT_REINSTALL,
    Criterion.HIGH_SPEED: Action.NONE,
}
# The order of the callback queue (requirements 7): super emergency, VVIP, and so on; NO_TIER is nobody's.
TIERS: Mapping[str, int] = {
    Criterion.SUPER_EMERGENCY: 0,
    **dict.fromkeys(OF_VVIP, 1),
    Criterion.HARD_COMPLAINT: 2,
    Criterion.NO_UNISOLATE: 3,
    Criterion.CUT_REINSTALL: 3,
    Criterion.HIGH_SPEED: 4,
}
NO_TIER = 9

APPROVE, CHANGE, REVIEW, END = "approve", "approve_change", "review", "end"
CLOCKS = {
    APPROVE: _("approve the entry"),
    CHANGE: _("approve the change"),
    REVIEW: _("review the entry"),
    END: _("end of the entry"),
}
DEFAULTS = (Default(APPROVE, 1440, 1080), Default(CHANGE, 1440, 1080))
