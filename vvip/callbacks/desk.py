"""The desk of callbacks: what is particular to the page on which Tier 2 works."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.segments import SHORT
from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS, Role
from tenesa.contact import line, zones
from tenesa.contact.dialling import Callee
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.contact.numbers import masked
from tenesa.escalation.desk import asked_about
from tenesa.ui.templatetags.ui import clock, when
from tenesa.workflow.perform import perform
from tenesa.workspace import cross_desk
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.customers import of_case
from tenesa.workspace.desk import Chip, Desk, Fact, Filter, Group, Row, SidePanel, View, Words
from tenesa.workspace.dialling import DialPart, part_of
from vvip import board
from vvip.callbacks import ages, contact, queue, suggestions
from vvip.callbacks.api import CallbackViewSet
from vvip.callbacks.states import ENDED, HELD, RISE_AFTER, TOO_OFTEN_LEFT, GivenBack, Tier
from vvip.callbacks.states import LIVE as LIVE_CALLBACKS
from vvip.callbacks.states import State as CallbackState
from vvip.calls.page import link_of
from vvip.calls.states import State as CallState
from vvip.calls.states import Topic
from vvip.models import Callback, SpecialCase

NEWEST = gettext_lazy("newest first")
JUST_NOW = timedelta(seconds=5)  # so long after the dial the browser hands the number over by itself


class CallbackDesk(Desk):
    model = Callback
    slug, path = "callbacks", "callbacks/"
    title, icon, place = gettext_lazy("Callbacks"), "phone-outgoing", 5
    document_title = gettext_lazy("Special and VVIP customers work instruction")
    document_code = "IN.OCC.TELK.W-26"
    map_slug, own_ageing = "w-26-callback", "w26_callbacks"
    works, delivers_to = (Role.AGENT_TIER2, *LEADERS), (Role.AGENT_TIER2,)
    ended, own_cards = ENDED, True
    views = (
        View(
            "queue",
            gettext_lazy("Queue"),
            "phone-outgoing",
            gettext_lazy("Nobody waits for a callback"),
            gettext_lazy("Whoever calls 147 and is listed or VVIP appears here."),
            where=Q(state=CallbackState.QUEUED),
            order=",".join(queue.PLACE),
            note=gettext_lazy("in the order in which they are called"),
        ),
        View("mine", gettext_lazy("Mine"), "user", where=lambda user: Q(owner=user, state__in=HELD)),
        View("live", gettext_lazy("All open"), "inbox", where=Q(state__in=LIVE_CALLBACKS), counted=False),
        View(
            "leader",
            gettext_lazy("Needs a leader"),
            "phone-off",
            gettext_lazy("No callback needs a leader"),
            where=Q(with_leader=True, state__in=LIVE_CALLBACKS)
            | Q(abandons__gte=TOO_OFTEN_LEFT, state=CallbackState.QUEUED)
            | Q(due_at__lt=Now(), state=CallbackState.QUEUED),
            for_leaders=True,
            alarming=True,
        ),
        View(
            "expired",
            gettext_lazy("Expired"),
            "calendar-x",
            where=Q(state=CallbackState.EXPIRED),
            order="-changed_at",
            note=NEWEST,
            counted=False,
            for_leaders=True,
        ),
        View(
            "ended",
            gettext_lazy("Ended"),
            "archive",
            where=Q(state__in=ENDED),
            order="-changed_at",
            note=NEWEST,
            counted=False,
        ),
    )
    board_figures = tuple(View(slug, label, "phone-outgoing", where=where) for slug, label, where in board.CALLBACKS)
    filters = (
        Filter("band", way="", where=ages.band_of),
        Filter("state", gettext_lazy("State"), lambda: CallbackState.choices),
        Filter("tier", gettext_lazy("Tier"), lambda: [(str(value), label) for value, label in Tier.choices]),
    )
    columns = {
        "contact": "contact_name",
        "segment": "customer__segment",
        "report": "call__report",
        "report_topic": "call__topic",
        "tier": "tier",
        "first_tier": "first_tier",
        "rises": "rises",
        "calls": "calls",
        "call_at": "at",
        "zone": "zone",
        "promised_first": "promised_to__first_name",
        "promised": "promised_to__username",
        "with_leader": "with_leader",
        "abandons": "abandons",
        "due_at": "due_at",
        "attempts": "attempts",
        "first_name": "owner__first_name",
        "last_name": "owner__last_name",
        "username": "owner__username",
    }
    keys = {
        "claim": "a", "postpone": "h", "analyse": "i", "start_dial": "c", "connect": "v", "miss": "q",
        "appoint": "h", "take_class": "a", "escalate_by_request": "i", "escalate_by_sop": "v", "solve": "o",
        "ask_for_backend": "c", "ask_for_emergency": "q", "call_again": "a", "close_unreached": "q",
    }  # fmt: skip
    reads = "read_systems"
    suggestions = suggestions.TABLE
    any_time = ("read_systems", "appoint", "give_back", "assign", "take_over")
    not_missed = (
        "postpone",
        "take_class",
        "escalate_by_request",
        "escalate_by_sop",
        "ask_for_backend",
        "ask_for_emergency",
        "call_again",
    )
    bulk = ("assign", "take_over", "note")
    icons = {
        "enqueue": "phone-outgoing", "claim": "hand", "analyse": "search-check", "start_dial": "phone",
        "connect": "phone-call", "miss": "phone-missed", "appoint": "calendar-clock", "solve": "circle-check",
        "ask_for_emergency": "siren", "ask_for_backend": "building-2", "give_back": "undo-2",
        "take_class": "star",
    }  # fmt: skip
    with_rows = ("owner", "customer", "call", "call__customer", "call__service", "promised_to")
    rest_fields = ("tier", "due_at", "at", "attempts", "calls", "number_to_call", "contact_name", "zone")
    rest_filters = ("state", "tier")
    rest_related = ("owner", "customer", "call", "call__customer")
    viewset = CallbackViewSet
    readings = (contact.ATTEMPTS,)

    # --- the list ----------------------------------------------------------------------------------------------------
    def row(self, one: Any, now: datetime, view: View) -> Row:
        chips = [Chip(SHORT[one.segment])] if one.segment else []
        chips.append(Chip(Tier(one.tier).label, icon="star", solid=one.tier <= Tier.VVIP))
        if one.abandons >= TOO_OFTEN_LEFT:
            chips.append(Chip(_("left %(n)d times") % {"n": one.abandons}, icon="undo-2", solid=True))
        return Row(one.contact, one.report or str(Topic(one.report_topic).label), self._why(one), chips)

    def _why(self, one: Any) -> str:
        if one.with_leader:
            return _("the team leader decides")
        if one.state == CallbackState.QUEUED:
            return place_words(one)
        state = self.state(one.state)
        return f"{state} · {_local(one.call_at, one.zone)}" if one.call_at else state

    # --- the case ----------------------------------------------------------------------------------------------------
    def customer_of(self, case: Callback) -> CustomerKeys | None:
        return CustomerKeys(reference=case.customer.reference) if case.customer else None

    def chips(self, case: Callback) -> Iterator[Chip]:
        yield Chip(case.get_tier_display(), icon="star", solid=case.tier <= Tier.VVIP)
        if case.call.is_super_emergency and case.tier != Tier.SUPER_EMERGENCY:
            yield Chip(_("Super emergency"), icon="siren", solid=True)

    def summary(self, case: Callback) -> Iterator[Words]:
        yield masked(case.number_to_call)
        if case.call.action:
            yield case.call.ordered

    def facts(self, case: Callback, user: User) -> Iterator[Fact]:
        keys = self.customer_of(case)
        known = of_case(case, keys, user) if keys else None
        call = case.call
        yield Fact(_("Customer"), known.label if known else case.who, url=known.address if known else "")
        yield Fact(_("Number to call"), case.number_to_call, copy=True)
        yield Fact(_("147 call"), call.number, url=call.get_absolute_url())
        yield Fact(_("Report"), call.report)
        yield Fact(_("Service"), str(call.service or ""), copy=True)
        yield Fact(_("Ticket number"), call.ticket_number, copy=True)
        yield Fact(_("Ordered by the list"), call.ordered)
        yield Fact(_("Place"), place_words(case) if case.state == CallbackState.QUEUED else "")
        yield Fact(_("Call at"), _local(case.at, case.zone))
        yield Fact(_("Promised by"), str(case.promised_to or ""))
        yield Fact(_("Reachable"), " – ".join(_local(one, case.zone) for one in (case.wish_from, case.wish_to) if one))
        yield Fact(_("Time zone"), case.zone)
        yield Fact(_("Written to"), self._written(case))
        yield Fact(_("Identification"), case.identification)
        yield Fact(_("Analysis"), case.analysis)
        yield Fact(_("Escalated by"), case.get_how_display() if case.how else "")

    def _written(self, case: Callback) -> str:
        if case.message_at is None:
            return ""
        return f"{case.message_to or _('no address is known')} · {when(case.message_at)}"

    def groups(self, case: Callback, user: User) -> Iterator[Group]:
        """Calls, mail cases and holds of the customer; a mail that came meanwhile is among them."""
        links = [link_of(one, one.title, seen=True) for one in self._others(case, user)]
        yield Group(_("Of this customer"), links, counted=True)

    def _others(self, case: Callback, user: User) -> list[Any]:
        if case.customer is None:
            return []
        keys = CustomerKeys(
            reference=case.customer.reference,
            addresses=[one["email"] for one in case.customer.contacts if one.get("email")],
            services=[case.call.service.product_id] if case.call.service else [],
        )
        return case.once(f"others for {user.pk}", lambda: cross_desk.cases_of(keys, user, but=case))

    def warnings(self, case: Callback, user: User) -> Iterable[str]:
        if case.problem_words:
            yield _("The escalation was not taken: %(why)s Correct it and send it again.") % {"why": case.problem_words}
        if case.application:
            yield case.application
        if case.state in LIVE_CALLBACKS and case.call.backend_answer:
            yield _("The back-end answered: %(answer)s") % {"answer": case.call.backend_answer}
        if case.state in LIVE_CALLBACKS and case.call.is_super_emergency and case.call.news_due:
            yield _("Super emergency: the customer is to hear news by %(time)s.") % {"time": when(case.call.news_due)}
        if case.with_leader:
            yield self._for_leader(case)
        if case.call.state == CallState.BACKEND_WAIT_APPROVAL and case.owner_id == user.pk:
            words = _("You have asked for “%(what)s”: the team leader decides, and the callback goes on by itself.")
            yield words % {"what": case.call.get_asked_display()}
        if case.call.is_behind and case.state in HELD:
            yield late_class(case.call)
        if case.state in LIVE_CALLBACKS:
            if case.calls > 1:
                yield _("The customer has called %(n)d times about this.") % {"n": case.calls}
            for one in self._others(case, user):
                if one.opened_at > case.opened_at and not isinstance(one, SpecialCase | Callback):
                    yield _("The customer wrote meanwhile: see %(number)s.") % {"number": one.number}
            if case.wrote_at:
                yield _("The customer answered our mail at %(time)s.") % {"time": when(case.wrote_at)}

    def _for_leader(self, case: Callback) -> str:
        if case.state == CallbackState.CONNECTED:
            return _("%(who)s reached the customer and has gone: give it to somebody.") % {"who": case.owner}
        if case.message_at and not case.message_to:
            return _("Nobody was reached and no address is known to write to: the team leader decides.")
        return _("Nobody was reached in any attempt: the team leader decides.")

    def panels(self, case: Callback, user: User) -> Iterator[SidePanel]:
        asked = asked_about(case.call, (), user) if case.call.state == CallState.BACKEND_WAIT_APPROVAL else None
        if asked is not None:
            yield asked
        attempts = contact.attempts_of(case)
        reason = _("Nothing was dialled yet.") if case.state == CallbackState.DIALLING else ""
        dial = part_of(self, case, user, just_now=self._just_dialled(case, user), reason=reason)
        if attempts or dial:
            yield SidePanel("vvip/_attempts.html", Attempts(case, attempts, contact.rule().attempts, dial))

    def callee(self, case: Callback, user: User) -> Callee | None:
        """While it is being dialled: the step dials, and here is the call."""
        dials = case.state == CallbackState.DIALLING and case.owner_id == user.pk
        return contact.callee_of(case) if dials else None

    def line(self, case: Callback, user: User) -> Dial | None:
        dials_next = case.state == CallbackState.CLAIMED and case.owner_id == user.pk
        return line.taken_by(case, user, contact.PURPOSE) if dials_next else None

    def _just_dialled(self, case: Callback, user: User) -> bool:
        made = contact.dialled(case, user) if case.state == CallbackState.DIALLING else None
        return made is not None and timezone.now() - made.at < JUST_NOW

    def holder(self, case: Callback) -> Words:
        if case.owner is None and case.promised_to is not None:
            return _("promised by %(who)s") % {"who": case.promised_to.as_holder}
        return super().holder(case)

    # --- what comes next ---------------------------------------------------------------------------------------------
    def next_for(self, user: User, *, but: Sequence[int] = ()) -> Any:
        """What the person holds already; the queue itself is claimed from, not looked through."""
        mine = Callback.objects.filter(owner=user, state__in=HELD, with_leader=False).exclude(pk__in=but)
        return mine.order_by("urgent_at", "pk").first()

    @property
    def in_hand(self) -> Q:
        return Q(state__in=HELD, with_leader=False)

    def queue(self, user: User) -> QuerySet[Callback]:
        return queue.waiting(user)

    def queue_key(self, user: User) -> Hashable:
        return user.pk  # some are promised to one person

    def claim(self, user: User, *, but: Collection[int] = ()) -> Any:
        return queue.claim_next(user, but=but) if user.has_role(Role.AGENT_TIER2) else None

    def withdraw(self, case: Callback, user: User) -> None:
        why = {"why": GivenBack.OTHER, "note": _("Not opened; another case was taken first.")}
        perform(case, "give_back", actor=user, data=why)

    def nothing_waits(self, user: User) -> str:
        return _("Nobody waits who may be called now.")


@dataclass(frozen=True)
class Attempts:
    """What `_attempts.html` draws: what was tried, of how many, and the call that runs."""

    case: Callback
    tried: Sequence[ContactAttempt]
    needed: int
    dial: DialPart | None


def _local(moment: datetime | None, zone: str) -> str:
    """In the customer's time, with ours beside it."""
    return zones.beside(moment, zones.place_of(zone)) if moment else ""


def late_class(call: SpecialCase) -> str:
    """What whoever holds the case has to know and to do (5.3.2)."""
    words = _("CTI says VVIP since %(time)s; the case was checked as “%(path)s” by our list alone. Take the new class.")
    return words % {"time": clock(call.category_at), "path": call.get_kind_display()}


def place_words(one: Any) -> str:
    """Why it stands in its place of the queue."""
    words = [_("take until %(time)s") % {"time": clock(one.due_at)}]
    if one.rises:
        words.append(_("waited %(n)d× its target") % {"n": one.rises * RISE_AFTER})
    if one.tier < one.first_tier:
        words.append(_("raised from “%(tier)s”") % {"tier": Tier(one.first_tier).label})
    if one.calls > 1:
        words.append(_("called %(n)d times") % {"n": one.calls})
    if promised := getattr(one, "promised_first", "") or getattr(one, "promised", ""):
        words.append(_("promised by %(who)s") % {"who": promised})
    return " · ".join(words)
