"""Words of a 147 call: states, channels, where its class was read, what is asked of the back-end."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tenesa.timers.targets import Default


class State(TextChoices):
    """W-26 5.2, 5.3; requirements 7."""

    REPORTED = "REPORTED", _("Reported")
    VERIFYING = "VERIFYING", _("Data being confirmed")
    VERIFY_FAILED = "VERIFY_FAILED", _("Data do not match")
    LIST_CHECKED = "LIST_CHECKED", _("Lists checked")
    WAYOUT_READ = "WAYOUT_READ", _("Way out read")
    CALLBACK_QUEUED = "CALLBACK_QUEUED", _("Waits for callback")
    T2_PICKED = "T2_PICKED", _("Taken by Tier 2")
    T2_ANALYSED = "T2_ANALYSED", _("Analysed by Tier 2")
    T2_CONTACTED = "T2_CONTACTED", _("Customer reached by Tier 2")
    T2_ESCALATED = "T2_ESCALATED", _("Escalated by Tier 2")
    T1_ANALYSED = "T1_ANALYSED", _("Analysed by Tier 1")
    BACKEND_WAIT_APPROVAL = "BACKEND_WAIT_APPROVAL", _("Waits for approval")
    SUPER_EMERGENCY = "SUPER_EMERGENCY", _("Super emergency")
    BACKEND = "BACKEND", _("With the back-end")
    SOLVED = "SOLVED", _("Solved")
    CLOSED = "CLOSED", _("Closed")


ALL = tuple(State)
AT_TIER1 = (State.REPORTED, State.VERIFYING, State.LIST_CHECKED, State.WAYOUT_READ, State.T1_ANALYSED)
BEFORE_CHECK = (State.REPORTED, State.VERIFYING)
AT_TIER2 = (State.T2_PICKED, State.T2_ANALYSED, State.T2_CONTACTED, State.T2_ESCALATED)
REACHED = (State.T2_CONTACTED, State.T2_ESCALATED)
AFTER_CHECK = (State.LIST_CHECKED, State.WAYOUT_READ, State.T1_ANALYSED, State.CALLBACK_QUEUED)
WITH_OTHERS = (State.CALLBACK_QUEUED, State.BACKEND_WAIT_APPROVAL, State.BACKEND)
NEWS_OWED = (State.CALLBACK_QUEUED, *AT_TIER2, State.T1_ANALYSED, State.BACKEND_WAIT_APPROVAL, State.BACKEND)
OPEN = tuple(state for state in ALL if state != State.CLOSED)


class Channel(TextChoices):
    """How the call came to the desk."""

    CTI = "CTI", _("Screen-pop")
    TYPED = "TYPED", _("Typed by the agent")
    API = "API", _("Another system")
    DESK = "DESK", _("Another desk")


class Topic(TextChoices):
    FAULT = "FAULT", _("Fault")
    BILLING = "BILLING", _("Bill")
    UNISOLATE = "UNISOLATE", _("Lifting of an isolation")
    OTHER = "OTHER", _("Other")


class Category(TextChoices):
    """What CTI says of the caller (W-26 5.3.2; S-20); a hint, never an identity."""

    UNKNOWN = "", _("not read yet")
    VVIP = "VVIP", "VVIP"
    REGULAR = "REGULAR", _("regular")
    NO_ENTRY = "NOENTRY", _("CTI does not know the number")
    DOWN = "DOWN", _("CTI does not answer")


class Source(TextChoices):
    """Where the class was read (requirements 7.1)."""

    NONE = "", "—"
    CTI = "CTI", _("CTI alone")
    TAG = "TAG", _("our list alone")
    BOTH = "BOTH", _("CTI and our list")
    CONFLICT = "CONFLICT", _("CTI and our list disagree")


class Kind(TextChoices):
    """The path of the document that the call takes."""

    UNCHECKED = "", "—"
    VVIP = "VVIP", "VVIP"
    SPECIAL = "SPECIAL", _("Special")
    NOT_LISTED = "NOT_LISTED", _("Not listed")


class Asked(TextChoices):
    """What is asked of the back-end."""

    NOTHING = "", "—"
    BACKEND = "BACKEND", _("hand-over to the back-end")
    SUPER = "SUPER", _("super emergency and hand-over to the back-end")


class Outcome(TextChoices):
    OPEN = "", "—"
    SOLVED = "SOLVED", _("Solved")
    UNVERIFIED = "UNVERIFIED", _("Data did not match")
    UNREACHED = "UNREACHED", _("Not reached")
    ATTACHED = "ATTACHED", _("Joined to an earlier callback")
    DROPPED = "DROPPED", _("Caller hung up")


CALLBACK_ENDS_AFTER = timedelta(hours=96)  # requirements 7.1
NEWS_PROMISE = "news"  # kind of the commitment to a super emergency
HANDLE, BACKEND_ANSWER, NEWS, END_EMERGENCY = "handle", "backend_answer", "super_news", "super_end"
CLOCKS = {
    HANDLE: _("handle the call"),
    BACKEND_ANSWER: _("answer of the back-end"),
    NEWS: _("news to a super emergency"),
    END_EMERGENCY: _("end of the super emergency"),
}
# Requirements 7 (back-end: VVIP 2 h, special 8 h) and 7.1 (news within 2 h, at the latest 30 days after closure)
DEFAULTS = (
    Default(HANDLE, 15, 10),
    Default(BACKEND_ANSWER, 8 * 60, 6 * 60),
    Default(BACKEND_ANSWER, 2 * 60, 90, Kind.VVIP),
    Default(NEWS, 2 * 60, 90),
    Default(END_EMERGENCY, 30 * 24 * 60),
)
# Requirements 7.1: the team leader decides within 15 minutes, then the supervisor within 15
DECISIONS = (Default("decision_team_leader", 15, 10, "W-26"), Default("decision_supervisor", 15, 10, "W-26"))
