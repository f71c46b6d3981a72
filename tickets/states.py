"""The states of an e-mail case and the words that its steps choose from (W-05)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    NEW = "NEW", _("New")
    ASSIGNED = "ASSIGNED", _("Taken")
    SEGMENT_CHECKED = "SEGMENT_CHECKED", _("Segment checked")
    FORWARDING = "FORWARDING", _("Being handed over")
    FORWARDED = "FORWARDED", _("Handed over")
    CLASSIFIED = "CLASSIFIED", _("Need identified")
    INFO_ANSWERED = "INFO_ANSWERED", _("Information given")
    REQUEST_IN_PROGRESS = "REQUEST_IN_PROGRESS", _("Request in progress")
    NEED_REFERENCE = "NEED_REFERENCE", _("Waiting for a reference")
    PROGRESS_LOOKUP = "PROGRESS_LOOKUP", _("Looking up progress")
    PROGRESS_INFORMED = "PROGRESS_INFORMED", _("Progress told")
    TROUBLESHOOTING = "TROUBLESHOOTING", _("Trouble-shooting")
    NORMAL_INFORMED = "NORMAL_INFORMED", _("Service normal, told")
    TICKET_DRAFT = "TICKET_DRAFT", _("Ticket being written")
    TICKET_SUBMITTING = "TICKET_SUBMITTING", _("Ticket on its way to MyCX")
    TICKET_OPEN = "TICKET_OPEN", _("Ticket open")
    MONITORING = "MONITORING", _("Being monitored")
    RECOVERED_INFORMED = "RECOVERED_INFORMED", _("Recovery told")
    ESCALATED = "ESCALATED", _("Escalated")
    REOPENED = "REOPENED", _("Opened again")
    VOID_PROPOSED = "VOID_PROPOSED", _("Proposed as void")
    CLOSED = "CLOSED", _("Closed")
    VOID = "VOID", _("Void")
    MERGED = "MERGED", _("Merged into another case")


ENDED = (State.CLOSED, State.VOID, State.MERGED)
OPEN = tuple(state for state in State if state not in ENDED)
WAITING_FOR_TAKER = (State.NEW, State.REOPENED)
AT_THE_DESK = (  # an agent is working: the claim has a lease
    State.ASSIGNED,
    State.SEGMENT_CHECKED,
    State.CLASSIFIED,
    State.PROGRESS_LOOKUP,
    State.TROUBLESHOOTING,
    State.TICKET_DRAFT,
)
FOR_THE_LEADER = (State.ESCALATED, State.VOID_PROPOSED)
WORKED_ON = tuple(s for s in OPEN if s not in {*WAITING_FOR_TAKER, *FOR_THE_LEADER})
BEFORE_THE_NEED = (State.ASSIGNED, State.SEGMENT_CHECKED, State.CLASSIFIED)
# Where nothing is on its way that the case must be there for when it comes back.
MERGEABLE = tuple(s for s in (*WAITING_FOR_TAKER, *WORKED_ON) if s not in {State.FORWARDING, State.TICKET_SUBMITTING})
WATCHED = (State.TICKET_OPEN, State.PROGRESS_INFORMED, State.MONITORING)
SERVED = (
    *WATCHED,
    State.ESCALATED,
)  # whoever decides or repairs, the customer hears of it meanwhile (P-05 5.7, 5.8, 5.10)
READABLE = (  # where evidence helps: a product is known and somebody works on the case
    State.CLASSIFIED,
    State.TROUBLESHOOTING,
    State.NORMAL_INFORMED,
    State.TICKET_DRAFT,
    State.TICKET_SUBMITTING,
    State.PROGRESS_LOOKUP,
    *SERVED,
    State.RECOVERED_INFORMED,
)


class Handling(TextChoices):
    """Which sub-instruction of P-05 9 a case is worked by. They were not supplied; we read their titles (AMB-10)."""

    LEVEL_0 = "0", _("Level 0 (W-75)")
    LEVEL_1 = "1", _("Level 1 (W-76)")
    MONITORING = "MONITORING", _("Monitoring (W-86)")
    OTHER_SEGMENT = "OTHER_SEGMENT", _("Other segment (W-89)")


_LEVEL_1 = (State.TROUBLESHOOTING, State.NORMAL_INFORMED, State.TICKET_DRAFT, State.TICKET_SUBMITTING)
_MONITORED = (*WATCHED, State.RECOVERED_INFORMED)
_LEVEL_STAYS = (*FOR_THE_LEADER, *ENDED)


def handling_of(state: str, segment: str, before: str) -> str:
    """lokal: AMB-10. Level 0 answers and asks, level 1 looks for the fault, monitoring follows the ticket."""
    if segment in {"DCS", "OTHER"} or state in {State.FORWARDING, State.FORWARDED}:
        return Handling.OTHER_SEGMENT
    if state in _LEVEL_STAYS:
        return before
    if state in _LEVEL_1:
        return Handling.LEVEL_1
    return Handling.MONITORING if state in _MONITORED else Handling.LEVEL_0


class Unread(TextChoices):
    """Whose news nobody has read yet; where several came, the one that counts most stands first here."""

    CUSTOMER = "CUSTOMER", _("Customer")
    UNIT = "UNIT", _("Unit")
    COLLEAGUE = "COLLEAGUE", _("Colleague")
    NOSSA = "NOSSA", "NOSSA"
    SYSTEM = "SYSTEM", _("System")  # a clock, or something outside that failed


class Kind(TextChoices):
    """The customer's need (W-05 1.2.5)."""

    INFORMATION = "INFORMATION", _("Information")
    REQUEST = "REQUEST", _("Request")
    COMPLAINT = "COMPLAINT", _("Complaint")


class Complaint(TextChoices):
    """Old or new (W-05 1.2.6, P-05 5.3)."""

    NEW = "NEW", _("New complaint")
    PROGRESS = "PROGRESS", _("Asks for progress")


class SegmentSource(TextChoices):
    SISKAS = "SISKAS", "SISKAS"
    TENOSS = "TENOSS", "TENOSS"
    MANUAL = "MANUAL", _("By hand, with a reason")


class SearchType(TextChoices):
    """ "Pilih Jenis Cari" of MyCX (W-05 1.2.8)."""

    PRODUCT = "product_id", _("Product id")
    PHONE = "phone", _("Phone")
    NAME = "name", _("Name")
    TICKET = "ticket", _("Ticket number")


class Symptom(TextChoices):
    OFFLINE = "OFFLINE", _("Offline")
    INTERMITTENT = "INTERMITTENT", _("Intermittent")
    LINK_FLAPPING = "LINK_FLAPPING", _("Link up and down")
    SLOW = "SLOW", _("Slow")
    LATENCY = "LATENCY", _("High latency")
    PACKET_LOSS = "PACKET_LOSS", _("Packet loss")
    NO_BROWSING = "NO_BROWSING", _("Cannot browse")
    LOS = "LOS", _("LOS light is red")
    NO_DIAL_TONE = "NO_DIAL_TONE", _("No dial tone")
    ONE_WAY_VOICE = "ONE_WAY_VOICE", _("One-way voice")
    NO_SYNC = "NO_SYNC", _("No sync or authentication fails")
    ATTENUATION = "ATTENUATION", _("High attenuation")


class Channel(TextChoices):
    """How a unit was asked to hurry (P-05 5.7)."""

    PHONE = "PHONE", _("Phone")
    CHAT = "CHAT", _("Chat")
    GROUP = "GROUP", _("Coordination group")
    MAIL = "MAIL", _("E-mail")
    VISIT = "VISIT", _("In person")


class CheckState(TextChoices):
    NORMAL = "NORMAL", _("Normal")
    FAULT = "FAULT", _("Fault")
    UNKNOWN = "UNKNOWN", _("No verdict")
    FAILED = "FAILED", _("Could not be read")


SEGMENT_TOOLS = ("siskas", "tenoss")
NO_VERDICT = (*SEGMENT_TOOLS, "mycx")  # tell who and what, never how the service is
NOT_A_CHECK = (*SEGMENT_TOOLS, "nossa", "mycx", "coordination")  # read for other reasons than the trouble-shoot
