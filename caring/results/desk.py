"""The desk of results: entry, QC, the team leader's check (P-01 8, steps 4 - 6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.models import CaringResult, Promise, Verdict
from caring.offers.catalogue import name_of
from caring.prospects import contact, scripts
from caring.prospects.states import WAITING, Campaign
from caring.quality import blind
from caring.quality.models import criterion_name
from caring.quality.recordings import may_listen
from caring.results import payments, queue, suggestions, tape
from caring.results.api import ResultViewSet
from caring.results.guards import may_decide
from caring.results.states import ENDED, Awaits, Ended, Entry, State
from caring.results.states import OF_QC as AT_QC
from caring.tree import Category, Reason
from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS, Role
from tenesa.rupiah import in_rupiah
from tenesa.ui.templatetags.ui import when
from tenesa.workflow.readings import Reading
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.desk import Chip, Desk, Fact, Filter, Group, Link, Row, SidePanel, View, Words
from tenesa.workspace.notify import AT_EVERY_DESK, column, returned

NEWEST, QUALITY = gettext_lazy("newest first"), "quality"
OF_QC = ("qc", "at_qc", QUALITY)  # lists and pages of those who judge, and who lead
VERDICTS = Reading(  # those that decide: what is found in a calibration is not for the page
    "verdicts",
    lambda one: (
        Verdict.objects.filter(result=one.pk, kind__in=["DECIDING", "APPEAL"]).select_related("qco").order_by("pk")
    ),
)
PROMISE = Reading("promise", lambda one: Promise.objects.filter(result=one.pk))
OF_PROSPECT = Reading(
    "of the prospect", lambda one: CaringResult.objects.filter(prospect=one.prospect_id).order_by("-pk")[:11]
)


class ResultDesk(Desk):
    model = CaringResult
    slug, path = "results", "results/"
    title, icon, place = gettext_lazy("Caring results"), "badge-check", 7
    document_title = gettext_lazy("CT-0 and PRANPC caring procedure")
    document_code = "OB.IN.OCC.TELK.P-01"
    map_slug = "p-01-result"
    works = (Role.QCO, Role.AGENT_CARING, *LEADERS, Role.MANAGER)
    ended = ENDED
    views = (
        View(
            "qc",
            gettext_lazy("To validate"),
            "badge-check",
            gettext_lazy("Nothing waits for QC"),
            gettext_lazy("Agreements appear here when both applications have them."),
            where=Q(state=State.QC_QUEUED),
            order="opened_at",
        ),
        View("at_qc", gettext_lazy("Mine"), "user", where=lambda user: Q(owner=user, state=State.QC_CLAIMED)),
        View(
            "again",
            gettext_lazy("To do again"),
            "rotate-ccw",
            where=lambda user: Q(agent=user, state__in=[State.RETURNED, State.RECALL, State.REINPUT]),
            order="-opened_at",
            note=NEWEST,
        ),
        View(
            "leader",
            gettext_lazy("For the team leader"),
            "user-cog",
            where=lambda user: Q(needs_action=True) & ~Q(state__in=AT_QC) & may_decide(user),
            for_leaders=True,
        ),
        View(
            "reconciliation",
            gettext_lazy("Reconciliation"),
            "scale",
            counted=False,
            page="reconciliations",
            for_leaders=True,
        ),
        View("all", gettext_lazy("All"), "archive", order="-opened_at", note=NEWEST, counted=False),
        View(QUALITY, gettext_lazy("Quality control"), "clipboard-check", counted=False, page="qc:overview"),
    )
    filters = (
        Filter("state", gettext_lazy("State"), lambda: State.choices),
        Filter("campaign", gettext_lazy("Campaign"), lambda: Campaign.choices),
        Filter("category", gettext_lazy("Category"), lambda: Category.choices),
    )
    columns = {
        "name": "name",
        "reference": "ncli",
        "category": "category",
        "reason": "reason",
        "campaign": "campaign",
        "entry": "entry",
        "login": "login",
        "agent_first": "agent__first_name",
        "owner_first": "owner__first_name",
        "owner_login": "owner__username",
        "returned_at": "returned_at",
        "awaits_whom": "awaits",
    }
    keys = {
        "claim": "a", "approve": "v", "return_to_agent": "q", "pass_on": "o", "ask_again": "h", "reenter": "i",
        "allow": "v", "refuse": "q", "finalise": "o", "find_mismatch": "h", "ask_reinput": "i",
    }  # fmt: skip
    suggestions = suggestions.TABLE
    any_time = ("give_back", "find_mismatch", "ask_payments")
    not_missed = ("find_mismatch", "finalise", "reject", "ask_payments", "ask_again")
    notices = AT_EVERY_DESK | dict.fromkeys(
        ("return_to_agent", "reject", "pass_on", "refuse", "ask_reinput"), (returned(column("agent")),)
    )
    bulk = ("pass_on", "finalise", "note")
    icons = {
        "record": "handshake", "claim": "hand", "approve": "badge-check", "return_to_agent": "undo-2",
        "ask_again": "scale", "pass_on": "phone-forwarded", "supersede": "replace", "finalise": "stamp",
        "find_mismatch": "unplug", "reenter": "keyboard", "judge_promise": "hand-coins",
    }  # fmt: skip
    facts_open, begins_shift = True, True
    readings = (VERDICTS, PROMISE, OF_PROSPECT, scripts.SEEN, tape.ASKED, payments.ASKED)
    with_rows = ("owner", "agent", "team", "prospect", "qco", "supersedes")
    rest_fields = (
        "campaign", "day", "fastel", "status", "category", "reason", "entry", "approved", "promised_on",
        "promised_amount", "offer",
    )  # fmt: skip
    rest_filters = ("state", "campaign", "category")
    rest_open_only = False
    viewset = ResultViewSet
    above_template = "caring/_recording.html"

    def views_for(self, user: User) -> list[View]:
        """First what each role has to do; who only calls sees nothing of QC's own."""
        leads, judges = user.has_role(*LEADERS), user.has_role(Role.QCO)
        views = [view for view in super().views_for(user) if leads or judges or view.slug not in OF_QC]
        first = "qc" if judges else "leader" if leads else "again"
        return sorted(views, key=lambda view: view.slug != first)

    def places(self, user: User) -> list[Q]:
        return blind.readable(super().places(user), user)

    def opens_later(self, user: User, pk: int) -> str:
        return CaringResult.opens_later(user, pk=pk)

    # --- the list ----------------------------------------------------------------------------------------------------
    def row(self, one: Any, now: datetime, view: View) -> Row:
        chips = [Chip(Campaign(one.campaign).label, icon="layers")]
        if one.entry == Entry.RECALL:
            chips.append(Chip(_("Recall"), icon="phone-forwarded"))
        about = f"{Category(one.category).label} · {Reason(one.reason).label}"
        whom = f": {Awaits(one.awaits_whom).label}" if one.awaits_whom else ""
        why = f"{self.state(one.state)}{whom} · {one.owner_first or one.owner_login or one.agent_first or one.login}"
        known = CustomerKeys(one.reference)
        return Row(one.name, about, why, chips, customer=known)

    # --- the case ----------------------------------------------------------------------------------------------------
    def customer_of(self, case: CaringResult) -> CustomerKeys | None:
        return CustomerKeys(reference=case.ncli, services=[case.fastel])

    def holder(self, case: CaringResult) -> Words:
        """Whoever judges it now; a result is its agent's else, as the list says."""
        return super().holder(case) if case.owner else case.agent.as_holder

    def chips(self, case: CaringResult) -> Iterator[Chip]:
        yield Chip(case.get_campaign_display(), icon="layers")
        yield Chip(case.get_category_display(), solid=case.category == Category.AGREE)
        if case.entry == Entry.RECALL:
            yield Chip(_("Recall"), icon="phone-forwarded")
        if case.awaits:
            yield Chip(case.get_awaits_display(), icon="stamp", solid=True)

    def summary(self, case: CaringResult) -> Iterator[Words]:
        yield case.get_reason_display()
        if case.promised_on:
            yield f"{in_rupiah(case.promised_amount or 0)} · {case.promised_on:%d/%m}"

    def facts(self, case: CaringResult, user: User) -> Iterator[Fact]:
        yield Fact(_("Prospect"), case.prospect.number, url=case.prospect.get_absolute_url())
        yield Fact(_("Agent"), str(case.agent))
        yield Fact(_("Called at"), when(case.called_at))
        yield Fact(_("Duration"), self._duration(case))
        yield Fact(_("Recording"), case.recorded_as, copy=True)
        yield Fact(_("Call id of Eyebeam"), case.call_id, copy=True)
        yield Fact(_("Receiver"), " · ".join(filter(None, (case.receiver, case.relation))))
        yield Fact(_("Amount told"), in_rupiah(case.amount_told) if case.amount_told is not None else "")
        yield Fact(_("Of it fine"), in_rupiah(case.fine_told) if case.fine_told else "")
        yield Fact(_("Offer"), name_of(case.offer) if case.offer else "")
        yield Fact(_("Waits for"), case.get_awaits_display() if case.awaits else "")
        yield Fact(_("Promised"), self._promised(case))
        yield Fact(_("Scripts shown"), scripts.in_words(scripts.seen_in(case)))
        yield Fact(_("Note"), case.remark)
        yield Fact("MyCX", case.mycx_ref, copy=True)
        yield Fact("TAMARA", case.tamara_ref, copy=True)
        yield Fact("QCO", f"{case.qco} · {when(case.judged_at)}" if case.qco else "")
        yield Fact(_("Kind of return"), case.get_return_class_display() if case.return_class else "")
        yield Fact(_("Recommendation"), case.recommendation)
        yield Fact(_("Appeal"), case.appeal)
        yield Fact(_("Difference"), case.difference)
        before = case.supersedes if case.supersedes and case.supersedes.is_seen_by(user) else None
        yield Fact(_("In the place of"), before or "", url=self._address(before))
        yield Fact(_("How it ended"), self._ended(case))
        for verdict in VERDICTS.of(case):
            yield Fact(verdict.get_kind_display(), self._found(verdict))

    def _ended(self, case: CaringResult) -> str:
        why = case.prospect.not_called_because if case.ended_how == Ended.EXCLUDED else ""
        return ": ".join(filter(None, (case.get_ended_how_display() if case.ended_how else "", why)))

    def _address(self, result: Any) -> str:
        return result.get_absolute_url() if result else ""

    def _duration(self, case: CaringResult) -> str:
        if case.log_awaited:
            return _("the softphone has not told it yet")
        if case.duration or not case.call_id:
            return f"{case.duration} {_('s')}" if case.duration else ""
        talked = case.once("talked", lambda: contact.talked(case.call_id))  # told after QC had judged it
        return f"{talked} {_('s')}" if talked else ""

    def _promised(self, case: CaringResult) -> str:
        if case.promised_on is None:
            return ""
        state = "".join(f" · {promise.get_state_display()}" for promise in PROMISE.of(case))
        return f"{in_rupiah(case.promised_amount or 0)} · {case.promised_on:%d/%m/%Y}{state}"

    def _found(self, verdict: Verdict) -> str:
        failed = [criterion_name(code) for code, ok in verdict.ticks.items() if not ok]
        words = [str(verdict.get_decision_display()), str(verdict.qco)]
        return " · ".join([*words, *failed, f"{verdict.score}/100" if verdict.score is not None else ""]).rstrip(" ·")

    def groups(self, case: CaringResult, user: User) -> Iterator[Group]:
        others = (one for one in OF_PROSPECT.of(case) if one.pk != case.pk and one.is_seen_by(user))
        links = [Link(one.title, one.get_absolute_url(), one.number, one.get_state_display()) for one in others]
        yield Group(_("Other results of this prospect"), links)

    def warnings(self, case: CaringResult, user: User) -> Iterable[str]:
        if case.entry_problem:
            yield case.entry_problem
        if case.state == State.ENTERING and case.entered_in:
            yield _("Only one of the two applications has it yet; the other is tried again by itself.")
        if case.appeal_open:
            yield _("An appeal is open: %(why)s") % {"why": case.appeal}

    def panels(self, case: CaringResult, user: User) -> Iterator[SidePanel]:
        if told := payments.told_of(case):
            yield SidePanel("caring/_payments.html", told)

    def next_elsewhere(self, case: CaringResult, user: User) -> Link | None:
        """A recall is made on its prospect (8 langkah 4)."""
        one = case.prospect
        if case.state != State.RECALL or not one.is_seen_by(user):
            return None
        caller, later = one.owner or one.promised_to, one.state in WAITING and not one.ready
        told = (caller and str(caller), later and _("may be called from %(time)s") % {"time": when(one.ready_at)})
        title = _("The customer is called again from the page of the prospect:")
        return Link(title, one.get_absolute_url(), one.number, more=" · ".join(words for words in told if words))

    def above_part(self, case: CaringResult, user: User) -> Tape | None:
        if case.agent_id != user.pk and not user.has_role(Role.QCO, *LEADERS):
            return None
        lack = tape.lack_of(case)
        heard = not lack and may_listen(case, user)
        return Tape(case, reverse("qc:recording", args=[case.pk]) if heard else "", lack)

    def next_for(self, user: User, *, but: Sequence[int] = ()) -> Any:
        mine = CaringResult.objects.visible_to(user).exclude(pk__in=but)
        held = mine.filter(owner=user, state=State.QC_CLAIMED).order_by("urgent_at", "pk").first()
        if held is not None or user.has_role(Role.QCO):
            return held
        return super().next_for(user, but=but)

    def claim(self, user: User, *, but: Collection[int] = ()) -> Any:
        return queue.claim_next(user, but=but) if user.has_role(Role.QCO) else None


@dataclass(frozen=True)
class Tape:
    """What is heard of the call; without address there is nothing to hear, and `lack` says why."""

    case: CaringResult
    address: str
    lack: str
