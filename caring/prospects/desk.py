"""The desk of prospects: what is particular to the page from which a caring agent calls (P-01 5.1, 5.2)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring import billing
from caring.exclusions import matching
from caring.models import CaringResult, Prospect
from caring.prospects import contact, fault_reports, page, queue, suggestions
from caring.prospects.api import ProspectViewSet
from caring.prospects.states import ENDED, FRESH_FOR, HELD, OPEN, Campaign, Excluded, State
from caring.quality import blind
from caring.services import DESK
from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS, Role
from tenesa.contact import line, zones
from tenesa.contact.dialling import Callee
from tenesa.contact.models import ContactAttempt, Dial, DialRefusal
from tenesa.contact.numbers import masked
from tenesa.rupiah import in_rupiah
from tenesa.ui.templatetags.ui import clock, when
from tenesa.workflow.readings import Reading
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.desk import Chip, Desk, Fact, Filter, Group, Link, Row, SidePanel, View, Words
from tenesa.workspace.dialling import DialPart, part_of
from tenesa.workspace.second_person import waiting_on

NEWEST = gettext_lazy("newest first")
RESULTS = Reading("results", lambda one: CaringResult.objects.filter(prospect=one.pk).order_by("-pk")[:10])


class ProspectDesk(Desk):
    model = Prospect
    slug, path = "prospects", "prospects/"
    title, icon, place = gettext_lazy("Caring"), "hand-coins", 6
    document_title = gettext_lazy("CT-0 and PRANPC caring procedure")
    document_code = "OB.IN.OCC.TELK.P-01"
    map_slug = "p-01-prospect"
    works = (Role.AGENT_CARING, *LEADERS)
    ended = ENDED
    views = (
        View("mine", gettext_lazy("Mine"), "user", where=lambda user: Q(owner=user, state__in=HELD)),
        View(
            "queue",
            gettext_lazy("Queue"),
            "phone-outgoing",
            gettext_lazy("No prospect may be called now"),
            gettext_lazy("What waits for its next attempt comes back by itself."),
            where=lambda user: Q(ready=True) if user.has_role(*LEADERS) else Q(ready=True) & queue.open_to(user),
            order=",".join(queue.PLACE),
            note=gettext_lazy("in the order in which they are called"),
            counted=False,
        ),
        View(
            "appointments",
            gettext_lazy("Appointments"),
            "calendar-clock",
            where=lambda user: Q(state=State.FOLLOW_UP, promised_to=user),
        ),
        View(
            "no_result",
            gettext_lazy("Result not entered"),
            "clipboard-list",
            where=Q(state=State.IN_CALL, lease_until=None),
            for_leaders=True,
        ),
        View("open", gettext_lazy("All open"), "inbox", where=Q(state__in=OPEN), counted=False, for_leaders=True),
        View(
            "ended",
            gettext_lazy("Ended"),
            "archive",
            where=Q(state__in=ENDED),
            order="-changed_at",
            note=NEWEST,
            counted=False,
        ),
        View(
            "excluded",
            gettext_lazy("Not called"),
            "ban",
            where=Q(state=State.EXCLUDED),
            order="-changed_at",
            note=NEWEST,
            counted=False,
            for_leaders=True,
        ),
        *(
            View(page, label, icon, counted=False, page=page, for_leaders=True, unread=partial(waiting_on, page))
            for page, label, icon in (
                ("dapros", gettext_lazy("Lists of prospects"), "file-up"),
                ("caring-exclusions", gettext_lazy("Exclusions"), "ban"),
                ("caring-quotas", gettext_lazy("Quotas"), "users"),
                ("caring-offers", gettext_lazy("Offers"), "percent"),
                ("caring-daily", gettext_lazy("Caring by day"), "table"),
            )
        ),
    )
    filters = (
        Filter("state", gettext_lazy("State"), lambda: State.choices),
        Filter("campaign", gettext_lazy("Campaign"), lambda: Campaign.choices),
        Filter("excluded_why", gettext_lazy("Reason"), lambda: Excluded.choices[1:]),
    )
    columns = {
        "name": "name",
        "reference": "ncli",
        "campaign": "campaign",
        "package": "package",
        "total": "total",
        "score": "score",
        "ready_at": "ready_at",
        "call_at": "at",
        "attempts": "attempts",
        "witel": "witel",
        "recall": "recall_id",
        "payer": "payer_confirmed_at",
        "lease": "lease_until",
        "excluded": "excluded_why",
    }
    keys = {
        "pick": "a", "start_dial": "c", "confirm_payer": "i", "agree": "v", "decline": "q", "follow_up": "h",
        "miss": "o", "postpone": "h", "readmit": "a", "read_systems": "a",
    }  # fmt: skip
    reads = "read_systems"
    suggestions = suggestions.TABLE
    above_template, recent_steps = "caring/_beside.html", 0
    viewset = ProspectViewSet
    any_time = (
        "read_systems",
        "choose_number",
        "note_number",
        "note_death",
        "report_fault",
        "give_back",
        "take_over",
        "give_to_team",
        "exclude",
        "change_area",
    )
    not_missed = ("note_death", "postpone", "readmit", "choose_number", "note_number", "report_fault", "give_back")
    bulk = ("give_to_team", "exclude", "note")
    icons = {
        "pick": "hand", "start_dial": "phone", "confirm_payer": "user-check", "agree": "handshake",
        "decline": "thumbs-down", "follow_up": "calendar-clock", "miss": "phone-missed", "give_back": "undo-2",
        "find_paid": "circle-check", "exclude": "ban", "readmit": "undo-2", "call_again": "phone-forwarded",
        "note_number": "phone-incoming", "note_death": "user-x", "report_fault": "triangle-alert",
        "change_area": "map-pin",
    }  # fmt: skip
    with_rows = ("owner", "team", "promised_to", "recall")
    rest_fields = ("campaign", "period", "fastel", "arrears", "score", "ready_at", "at", "attempts", "zone")
    rest_filters = ("state", "campaign")
    rest_related = ("owner",)
    readings = (RESULTS, contact.ATTEMPTS, contact.REFUSALS, fault_reports.REPORTS)

    def places(self, user: User) -> list[Q]:
        if not blind.scores(user):
            return super().places(user)
        hidden = CaringResult.objects.filter(blind.hidden_from(user)).values("prospect")
        return [here & ~Q(pk__in=hidden) for here in super().places(user)]

    def views_for(self, user: User) -> list[View]:
        """The pages beside the cases are those of this desk's own leaders."""
        here = user.sees(DESK, None)
        return [view for view in super().views_for(user) if here or not view.page]

    def opens_later(self, user: User, pk: int) -> str:
        return CaringResult.opens_later(user, prospect=pk)

    # --- the list ----------------------------------------------------------------------------------------------------
    def opening(self, user: User) -> Link | None:
        return Link(_("Lists of prospects"), reverse("dapros")) if user.has_role(*LEADERS) else None

    def row(self, one: Any, now: datetime, view: View) -> Row:
        chips = [Chip(Campaign(one.campaign).label, icon="layers")]
        marks = [("phone-forwarded", _("call again"))] if one.recall and one.state not in ENDED else []
        if one.state == State.IN_CALL and one.lease is None:
            chips.append(Chip(_("result not entered"), icon="clipboard-list", solid=True))
        told = one.state not in HELD or one.payer is not None
        about = [in_rupiah(one.total)] if told else []
        about.append(one.package or one.witel)
        return Row(
            one.name, " · ".join(about), self._why(one), chips, marks=marks, customer=CustomerKeys(one.reference)
        )

    def _why(self, one: Any) -> str:
        if one.call_at:
            return _("agreed for %(time)s") % {"time": clock(one.call_at)}
        if one.state == State.AVAILABLE:
            return _("score %(n)d") % {"n": one.score}
        if one.state == State.EXCLUDED:
            return str(Excluded(one.excluded).label)
        return self.state(one.state)

    # --- the case ----------------------------------------------------------------------------------------------------
    def holder(self, case: Prospect) -> Words:
        if case.owner is None and case.state == State.FOLLOW_UP and case.promised_to is not None:
            return _("promised by %(who)s") % {"who": case.promised_to.as_holder}
        return super().holder(case)

    def customer_of(self, case: Prospect) -> CustomerKeys | None:
        return CustomerKeys(reference=case.ncli, services=[case.fastel])

    def chips(self, case: Prospect) -> Iterator[Chip]:
        yield Chip(case.get_campaign_display(), icon="layers")
        if case.isolated:
            yield Chip(_isolated(case), icon="lock")
        if case.recalled() is not None:
            yield Chip(_("call again"), icon="phone-forwarded", solid=True)

    def summary(self, case: Prospect) -> Iterator[Words]:
        yield case.fastel
        yield masked(contact.number_of(case)) if contact.number_of(case) else _("no number left")

    def shows_readings(self, case: Prospect) -> bool:
        """What I-payment said stands beside the call; its own words tell of the debt."""
        return case.state not in HELD

    def above_part(self, case: Prospect, user: User) -> page.BesideCall | None:
        return page.beside(case, user)

    def facts(self, case: Prospect, user: User) -> Iterator[Fact]:
        debt = case.shows_debt
        hidden = _("after the payer is confirmed")
        yield Fact(_("Arrears"), in_rupiah(case.total) if debt else hidden, copy=debt)
        yield Fact(_("Fine"), (in_rupiah(case.owed.fine) if case.owed.fine else "") if debt else hidden)
        for month, amount in sorted(case.bills.items()):
            yield Fact(billing.month_name(month), in_rupiah(amount) if debt else hidden)
        yield Fact(_("Bills read"), when(case.bills_read_at) if case.bills_read_at else _("figures of the list"))
        yield Fact(_("Number to call"), contact.number_of(case), copy=True)
        yield Fact(_("Service"), case.fastel, copy=True)
        yield Fact(_("Customer number"), case.ncli, copy=True)
        yield Fact(_("Package"), case.package)
        yield Fact(_("Address"), ", ".join(filter(None, (case.address, case.city))))
        yield Fact(_("Witel"), f"{case.witel} · {case.zone}" if case.zone else case.witel)
        yield Fact(_("Last payment"), f"{case.last_paid_on:%d/%m/%Y}" if case.last_paid_on else "")
        yield Fact(_("Call at"), zones.beside(case.at, zones.place_of(case.zone)) if case.at else "")
        yield Fact(_("Promised by"), str(case.promised_to or ""))
        yield Fact(_("May be called from"), when(case.ready_at) if not case.ready and case.state in OPEN else "")
        yield Fact(_("Team"), str(case.team or ""))
        yield Fact(_("Score"), case.score)
        yield Fact(
            _("Excluded"), case.get_excluded_why_display() if case.excluded_why else "", url=self._way(case, user)
        )
        yield Fact(_("Note"), case.remark)

    def _way(self, case: Prospect, user: User) -> str:
        """Where a leader undoes an exclusion: the list on which it stands, or the list of prospects that was taken
        back; "" where it is a step of the case itself."""
        if not user.has_role(*LEADERS):
            return ""
        if case.excluded_why == Excluded.WITHDRAWN and case.batch:
            return str(case.batch.get_absolute_url())
        entry = matching.of_prospect(case) if case.excluded_why == Excluded.LISTED else None
        return f"{entry.list.get_absolute_url()}?number={entry.value}" if entry else ""

    def groups(self, case: Prospect, user: User) -> Iterator[Group]:
        results = [one for one in RESULTS.of(case) if one.is_seen_by(user)]
        links = [Link(one.title, one.get_absolute_url(), one.number, one.get_state_display()) for one in results]
        yield Group(_("Results"), links)
        yield Group(_("Fault reports"), [fault_reports.link(one, user) for one in fault_reports.REPORTS.of(case)])

    def warnings(self, case: Prospect, user: User) -> Iterable[str | Link]:
        if case.state == State.EXCLUDED:
            yield _("Not called: %(why)s") % {"why": case.not_called_because}
        if case.bills_problem:
            yield case.bills_problem
        if case.is_paid and case.state in HELD:
            yield _("I-payment says that all is paid: thank the customer, and end the call as “says it is paid”.")
        if case.state == State.IN_CALL and not case.shows_debt:
            yield _("The payer is not confirmed yet: say nothing of the debt, leave a message at most.")
        made = contact.dialled(case) if case.state == State.IN_CALL else None
        if made is not None and (case.lacks_result or made.agent_id != case.owner_id):
            yield _("The call of %(who)s at %(time)s has no result yet: enter what came of it.") % {
                "who": made.agent, "time": clock(made.at),
            }  # fmt: skip
        if (recalled := case.recalled()) is not None:
            yield Link(_why_again(recalled), recalled.get_absolute_url(), recalled.number)

    def panels(self, case: Prospect, user: User) -> Iterator[SidePanel]:
        words, told = contact.proof_in_words, bool(case.phones_told)
        numbers = contact.known_numbers(case) if told else []
        attempts = [(one, words(one.dial.proof) if one.dial else "") for one in contact.attempts_of(case)]
        refused = [(one, words(one.proof)) for one in contact.REFUSALS.of(case)]
        dial = part_of(self, case, user)
        if attempts or refused or dial or numbers:
            yield SidePanel("caring/_attempts.html", Attempts(case, attempts, refused, dial, numbers))

    def line(self, case: Prospect, user: User) -> Dial | None:
        dials_next = case.state == State.PICKED and case.owner_id == user.pk
        return line.taken_by(case, user, contact.PURPOSE) if dials_next else None

    def callee(self, case: Prospect, user: User) -> Callee | None:
        """While it is being called: the step dials, and here is the call."""
        if case.state != State.IN_CALL or case.owner_id != user.pk or case.lacks_result:
            return None
        made = contact.dialled(case)
        return contact.callee_of(case) if made is None or made.agent_id == user.pk else None

    # --- what comes next ---------------------------------------------------------------------------------------------
    def next_elsewhere(self, case: Prospect, user: User) -> Link | None:
        """What came of it goes on at its newest result, also where the customer is not called any more."""
        if case.state not in ENDED:
            return None
        made = next((one for one in RESULTS.of(case) if one.is_seen_by(user)), None)
        return (
            Link(_("What came of the call:"), made.get_absolute_url(), made.number, more=made.title) if made else None
        )

    def next_for(self, user: User, *, but: Sequence[int] = ()) -> Any:
        mine = Prospect.objects.visible_to(user).filter(owner=user, state__in=HELD).exclude(pk__in=but)
        return mine.order_by("urgent_at", "pk").first()

    def claim(self, user: User, *, but: Collection[int] = ()) -> Any:
        return queue.pick_next(user, but=but) if user.has_role(Role.AGENT_CARING) else None

    def nothing_waits(self, user: User) -> str:
        return _("No prospect of yours may be called now: hours, gaps between attempts and quotas decide.")


def _isolated(case: Prospect) -> str:
    """With the time of what told it, where that is not of now."""
    read = case.bills_read_at
    if read is None:
        return _("isolated by the last figures")
    return _("isolated") if read + FRESH_FOR >= timezone.now() else _("isolated at %(time)s") % {"time": clock(read)}


def _why_again(result: CaringResult) -> str:
    """Whoever sent it back, and their words: QC, or the leader who did not agree to the draft."""
    words = _("Sent back by QC: %(why)s") if result.returned_at else _("Not agreed to by the leader: %(why)s")
    return words % {"why": result.recommendation or result.get_return_class_display()}


@dataclass(frozen=True)
class Attempts:
    case: Prospect
    tried: Sequence[tuple[ContactAttempt, str]]
    refused: Sequence[tuple[DialRefusal, str]]
    dial: DialPart | None
    numbers: Sequence[contact.KnownNumber] = ()
