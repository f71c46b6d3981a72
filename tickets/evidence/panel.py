"""The evidence panel: what every supporting application says of the case's products, each as far as it is now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from segmentation.tools import READS, SYSTEMS, Read, kind_of, product_in
from tenesa.accounts.models import User
from tenesa.mail.folders import MailFolder
from tenesa.mail.models import Mailbox
from tenesa.systems.applications import EMS, label_of
from tenesa.systems.drawings import Drawing, drawing
from tenesa.systems.models import ExternalCall, Notice, SystemState
from tenesa.systems.sites import missing_at, sites_of
from tenesa.systems.status import Health
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.offered import may_take
from tenesa.workflow.readings import Reading
from tenesa.workspace.case_calls import calls_on_the_way
from tickets.evidence.models import BY_HAND
from tickets.models import EmailCase, ToolCheck
from tickets.states import CheckState

READ, RECORD = "read_checks_again", "record_check"
Status = ExternalCall.Status
SILENT_AFTER = timedelta(minutes=5)  # mailboxes are read every few seconds
EARLIER = 8
Key = tuple[str, str]


def _newest(case: Any) -> QuerySet[ToolCheck]:
    """The newest reading of each application and product, with its snapshot."""
    checks = ToolCheck.objects.filter(case__in=case.family(), tool__in=SYSTEMS)
    newest = checks.order_by("tool", "product_id", "-at", "-id")
    return newest.distinct("tool", "product_id").select_related("by", "call__event__actor")


NEWEST = Reading("newest checks", _newest)
FOLDERS = Reading("folders", lambda case: MailFolder.objects.filter(mailbox=case.mailbox_id).order_by("pk"))
SILENT = Reading("silent", lambda _case: SystemState.objects.filter(retry_at__isnull=False).order_by("system"))
NOTICES = Reading(
    "notices", lambda _case: Notice.objects.filter(ended_at=None, until__gt=Now()).order_by("until", "pk")
)


def _taken(case: Any) -> QuerySet[ExternalCall]:
    """The newest ticket that MyCX took of this case."""
    taken = ExternalCall.objects.filter(procedure=case.procedure_name(), case_id__in=case.family(), system="mycx")
    written = taken.filter(operation="create_ticket", status__in=[Status.ANSWERED, Status.DONE])
    return written.order_by("-answered_at")[:1]


WRITTEN = Reading("written to MyCX", _taken)
READINGS = (NEWEST, FOLDERS, SILENT, NOTICES, WRITTEN)


@dataclass
class Card:
    """One application about one product. `signal` is met, risk, breach or ""; `drawing` what was seen."""

    tool: str
    product_id: str
    words: str
    signal: str = ""
    icon: str = "circle-dashed"
    reading: bool = False
    here: bool = True
    check: ToolCheck | None = None
    drawing: Drawing | None = None
    summary: str = ""
    who: str = ""
    at: datetime | None = None
    again: datetime | None = None
    earlier: list[dict[str, Any]] = field(default_factory=list)
    can_read: bool = False
    can_record: bool = False

    @property
    def label(self) -> str:
        return label_of(self.tool)

    @property
    def ident(self) -> str:
        return f"evidence-{self.tool}-{self.product_id}"

    @property
    def verdicts(self) -> list[tuple[str, Any]]:
        return verdicts(self.tool)


@dataclass(frozen=True)
class Elsewhere:
    label: str
    why: str


@dataclass(frozen=True)
class Group:
    """The cards of one product; `elsewhere` are the applications that do not know it, and why."""

    product_id: str
    kind: str
    cards: list[Card]
    elsewhere: list[Elsewhere]


@dataclass(frozen=True)
class Down:
    """An application that cannot be used now: nobody answers there, or a team leader said so."""

    system: str
    words: str
    until: datetime | None = None

    @property
    def label(self) -> str:
        return label_of(self.system)


@dataclass(frozen=True)
class Evidence:
    groups: list[Group]
    downs: list[Down]
    can_read: bool
    can_record: bool

    @property
    def reading(self) -> int:
        return sum(card.reading for group in self.groups for card in group.cards)

    @property
    def cards(self) -> Iterable[Card]:
        return (card for group in self.groups for card in group.cards)


def evidence(case: EmailCase, user: User) -> Evidence | None:
    """None while no product is known: then there is nothing to read."""
    products = case.suggested_product_ids()
    if not products:
        return None
    return _Panel(case, user, products).draw()


class _Panel:
    """Everything is fetched once, whatever the number of cards."""

    def __init__(self, case: EmailCase, user: User, products: list[str]) -> None:
        self.case, self.products = case, products
        self.can = {name: may_take(case, name, user) for name in (READ, RECORD)}
        self.missing = missing_at(sites_of(user, case.desk_id, case.area_id))
        self.newest, self.earlier = _checks(case)
        self.calls = _open_calls(case)

    def draw(self) -> Evidence:
        groups = [self._group(product_id) for product_id in self.products]
        groups += [group] if (group := self._of_the_sender()) else []
        applying = {card.tool for group in groups for card in group.cards}
        return Evidence(groups, downs(self.case, applying), self.can[READ], self.can[RECORD])

    def _group(self, product_id: str) -> Group:
        kind = kind_of(product_id)
        cards = [self._card(read.system, product_id) for read in READS if kind in read.products]
        elsewhere = [Elsewhere(label_of(read.system), str(read.otherwise)) for read in READS if _no(read, kind)]
        return Group(product_id, str(kind.label), cards, elsewhere)

    def _of_the_sender(self) -> Group | None:
        """What was read about no product: the sender in SISKAS, a search in MyCX; and our own mailbox."""
        about_nobody = {tool for tool, product in {**self.newest, **self.calls} if product not in self.products}
        cards = [self._card(tool, "") for tool in SYSTEMS if tool in about_nobody and self._has(tool)]
        for card in cards:
            card.can_read = card.can_record = False  # these are read by steps of their own
        return Group("", _("Sender and mailbox"), [*cards, _mailbox(self.case)], [])

    def _has(self, tool: str) -> bool:
        return (tool, "") in self.newest or (tool, "") in self.calls

    def _card(self, tool: str, product_id: str) -> Card:
        key = (tool, product_id)
        check, call = self.newest.get(key), self.calls.get(key)
        card = Card(
            tool, product_id, _("Not read yet"),
            can_read=self.can[READ] and tool not in self.missing, can_record=self.can[RECORD],
        )  # fmt: skip
        if check is not None:
            _show_check(card, check)
            self._ask_again_after(card, check)
            card.earlier = [row for row in self.earlier[key] if row["pk"] != check.pk][:EARLIER]
        if call is not None and (check is None or check.at <= call.created_at or check.call_id == call.pk):
            _show_call(card, call)
        elif tool in self.missing:
            card.here = False
            if check is None:
                card.words, card.icon = _("Not available at this site"), "map-pin-off"
                card.summary = _("Read it elsewhere and enter the result by hand (P-05 11.1).")
        return card

    def _ask_again_after(self, card: Card, check: ToolCheck) -> None:
        """A reading from before the ticket was opened says nothing of it, nor does one of MyCX from before an entry."""
        mine = [line for line in self.case.all_lines if line.product_id == check.product_id and line.opened_here]
        opened = next((line.incident_number for line in mine if line.incident_number not in check.tickets), "")
        if check.tool == "nossa" and opened:
            card.words, card.signal, card.icon = _("Not read again yet"), "", "circle-dashed"
            card.summary = _("%(number)s was opened after this reading.") % {"number": opened}
        taken = next(iter(WRITTEN.of(self.case)), None) if check.tool == "mycx" else None
        if taken is not None and taken.answered_at > check.at:
            card.words, card.icon = _("Not read again yet"), "circle-dashed"
            card.summary = _("Something was entered after this reading, at %(time)s.") % {
                "time": when(taken.answered_at)
            }


def _no(read: Read, kind: Any) -> bool:
    return kind not in read.products


def _checks(case: EmailCase) -> tuple[dict[Key, ToolCheck], dict[Key, list[dict[str, Any]]]]:
    """The newest reading of each application and product with its snapshot, and what was read before."""
    found = {(check.tool, check.product_id): check for check in NEWEST.of(case)}
    earlier: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for one in reversed(case.all_checks):
        row = {name: getattr(one, name) for name in ("pk", "tool", "product_id", "state", "summary", "at", "words")}
        earlier[one.tool, one.product_id].append(row)
    return found, earlier


def _open_calls(case: EmailCase) -> dict[Key, ExternalCall]:
    """Reads that are on their way or will be tried again; of several the newest."""
    operations = {read.operation for read in READS}
    asked = [call for call in calls_on_the_way(case) if call.system in SYSTEMS and call.operation in operations]
    return {(call.system, product_in(call.payload)): call for call in asked}


def _show_check(card: Card, check: ToolCheck) -> None:
    card.check, card.at, card.summary = check, check.at, check.summary
    card.words, card.signal, card.icon = check.words, check.signal, ICONS[check.signal]
    card.drawing = drawing(check.tool, check.snapshot)
    if check.by is not None:
        card.who = _("%(who)s, by hand") % {"who": check.by}
    elif check.call is not None and check.call.event.actor is not None:
        card.who = str(check.call.event.actor)
    else:
        card.who = _("System")


ICONS = {"met": "circle-check", "breach": "circle-x", "risk": "triangle-alert", "": "circle-dot"}


def _show_call(card: Card, call: ExternalCall) -> None:
    """A read on its way hides what was read before; one that failed says so, and when it is tried again."""
    failed = call.error_code and call.status == ExternalCall.Status.WAITING
    card.at = card.at if failed and card.at else call.created_at
    card.who = str(call.event.actor) if call.event.actor else _("System")
    if failed:
        card.words, card.signal, card.icon = _("Could not be read"), "risk", "triangle-alert"
        card.summary, card.again = call.error_message, call.next_try_at
        card.drawing = None
    else:
        card.words, card.signal, card.icon, card.reading = _("Being read …"), "", "loader-circle", True


def _mailbox(case: EmailCase) -> Card:
    """EMS is our own mailbox: mails come in while somebody reads it (P-05 6.12)."""
    folders = FOLDERS.of(case)
    read_at = max((one.polled_at for one in folders if one.polled_at), default=None)
    problem = next((one.last_error for one in folders if one.last_error), "")
    card = Card(EMS, "", _("Mails come in"), "met", "circle-check", at=read_at, who=_("System"))
    card.summary = str(case.mailbox)
    if problem:
        card.words, card.signal, card.icon, card.summary = _("Cannot be read"), "breach", "circle-x", problem[:300]
    elif read_at is None or read_at < timezone.now() - SILENT_AFTER:
        card.words, card.signal, card.icon = _("Not read lately"), "risk", "triangle-alert"
    return card


def downs(case: EmailCase, systems: Collection[str]) -> list[Down]:
    """Which of these applications cannot be used now."""
    found = [
        Down(state.system, _("does not answer since %(time)s") % {"time": f"{timezone.localtime(state.since):%H.%M}"})
        for state in SILENT.of(case)
        if state.system in systems
    ]
    told = [notice for notice in NOTICES.of(case) if notice.system in systems]
    return found + [Down(notice.system, notice.text, notice.until) for notice in told]


def verdicts(tool: str = "") -> list[tuple[str, Any]]:
    """What a person may say by hand: of a service how it is, from NOSSA which ticket there is."""
    words: dict[str, Any] = {str(state): label for state, label in BY_HAND.items()} if tool == "nossa" else {}
    return [(state, words.get(state, label)) for state, label in CheckState.choices if state != CheckState.FAILED]


def mailbox_health() -> Health:
    """EMS on the board of applications: our mailboxes together."""
    boxes = list(Mailbox.objects.filter(active=True).prefetch_related("folders"))
    problems = [f"{box}: {box.last_error}"[:200] for box in boxes if box.last_error]
    read_at = min((box.polled_at for box in boxes if box.polled_at), default=None)
    health = Health(EMS, "up", own=", ".join(str(box) for box in boxes))
    if problems:
        health.condition, health.own = "down", "; ".join(problems)
    elif read_at is None or read_at < timezone.now() - SILENT_AFTER:
        health.condition = "shaky" if boxes else "unknown"
    return health
