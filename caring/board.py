"""The caring desk on the leader's board: the day, what is to be done, prospects by place and age, Nonatero beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise as Words
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caring import board_figures
from caring.board_figures import AGES, COUNTS, DESK, PLACES
from caring.models import CaringResult, Promise, PromiseLine, Prospect
from caring.prospects.states import Campaign
from caring.results.guards import may_decide
from caring.results.states import APPEAL_WITHIN, State
from caring.tree import Category, Status
from tenesa.accounts.models import Membership, PresenceState, User
from tenesa.accounts.roles import Role
from tenesa.timers.spans import span_words
from tenesa.ui.board import SEE_THE_BOARD, Card
from tenesa.workspace import second_person

STANDS = ~Q(state=State.SUPERSEDED)
OURS = {
    "called": Count("pk"),
    "contacted": Count("pk", filter=~Q(status=Status.NOT_CONTACTED)),
    "agree": Count("pk", filter=Q(category=Category.AGREE) & STANDS),
    "follow_up": Count("pk", filter=Q(category=Category.FOLLOW_UP) & STANDS),
    "decline": Count("pk", filter=Q(category=Category.DECLINE) & STANDS),
}
Counts = Mapping[str, Mapping[str, int]]  # by campaign and name


@dataclass(frozen=True)
class Line:
    """One figure; `alarm` says in words what is wrong with it."""

    label: str | Words
    count: int
    url: str
    alarm: str = ""


@dataclass(frozen=True)
class Band:
    label: str
    counts: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(count for _place, count in self.counts)


@dataclass(frozen=True)
class Beside:
    """A figure of ours and of Nonatero's; `difference` is "" where they agree."""

    label: str
    ours: int
    theirs: int | None
    difference: str = ""


def cards(user: User) -> Iterator[Card]:
    """For those who lead the desk as a whole."""
    if (DESK, None) in {(desk, area) for role, desk, area in user.places if role in SEE_THE_BOARD}:
        now = timezone.now()
        ours = _ours(now)
        yield _today(user, ours, now)
        yield _to_do(user, now)
        yield _prospects()
        yield _beside(ours)


def _ours(now: datetime) -> Counts:
    today = CaringResult.objects.filter(desk=DESK, day=timezone.localdate(now)).order_by()
    return {row.pop("campaign"): row for row in today.values("campaign").annotate(**OURS)}


def _sum(counts: Counts, name: str) -> int:
    return sum(of[name] for of in counts.values())


def _today(user: User, ours: Counts, now: datetime) -> Card:
    """Agents by state, then what came of today's calls."""
    agents = Membership.objects.filter(team__desk=DESK, role=Role.AGENT_CARING).order_by()
    states = dict(agents.values_list("user__presence__state").annotate(n=Count("user", distinct=True)))
    lines = [Line(state.label, states.get(state, 0), "#card-people") for state in PresenceState]
    lines[0] = Line(lines[0].label, lines[0].count + states.get(None, 0), "#card-people")
    here = f"{reverse('reporting:list', args=['p01_results'])}?period=today&desk={DESK}"
    lines += [
        Line(_("Calls"), _sum(ours, "called"), here),
        Line(_("Contacted"), _sum(ours, "contacted"), f"{here}&part=contacted"),
        Line(_("Agree"), _sum(ours, "agree"), f"{here}&part=agree"),
        Line(_("Follow up"), _sum(ours, "follow_up"), f"{here}&part=follow_up"),
        Line(_("Decline"), _sum(ours, "decline"), f"{here}&part=decline"),
    ]
    report = f"{reverse('reporting:list', args=['p01_daily'])}?period=7d"
    return Card("caring", _("Caring today"), "vvip/board_lines.html", {"lines": lines}, lines[5].count, "", report, 20)


def _to_do(user: User, now: datetime) -> Card:
    """Returns that wait, above all those older than 3 × 24 h; promises that are due; what quotas still hold."""
    late = Q(state__in=[State.RETURNED, State.RECALL], returned_at__lte=now - APPEAL_WITHIN)
    results = CaringResult.objects.filter(desk=DESK, needs_action=True).order_by()
    told = results.aggregate(
        returned=Count("pk", filter=Q(state=State.RETURNED)),
        recall=Count("pk", filter=Q(state=State.RECALL)),
        late=Count("pk", filter=late),
        since=Min("returned_at", filter=late),
        draft=Count("pk", filter=Q(state=State.DRAFT) & may_decide(user)),
        differs=Count("pk", filter=Q(state=State.TL_MISMATCH)),
        again=Count("pk", filter=Q(state=State.REINPUT)),
        qc=Count("pk", filter=Q(state=State.QC_QUEUED)),
        judged=Count("pk", filter=Q(state=State.QC_CLAIMED)),
    )
    today = timezone.localdate(now)
    due = PromiseLine.objects.filter(promise__state__in=Promise.LIVE, due__lte=today).aggregate(
        today=Count("pk", filter=Q(due=today)), before=Count("pk", filter=Q(due__lt=today))
    )
    alarm = ""
    if told["late"]:
        words = ngettext(
            "%(n)d for more than 3 × 24 hours, for %(span)s",
            "%(n)d for more than 3 × 24 hours, the oldest for %(span)s",
            told["late"],
        )  # fmt: skip
        alarm = words % {"n": told["late"], "span": span_words((now - told["since"]).total_seconds())}
    promises = reverse("reporting:list", args=["p01_promises_due"])
    lines = [
        Line(_("Returned by QC"), told["returned"], _results("leader", State.RETURNED), alarm),
        Line(_("To be called again"), told["recall"], _results("leader", State.RECALL)),
        Line(_("Drafts for your decision"), told["draft"], _results("leader", State.DRAFT)),
        *_to_decide(user),
        Line(_("Differences to pass on"), told["differs"], _results("leader", State.TL_MISMATCH)),
        Line(_("To be entered again"), told["again"], _results("leader", State.REINPUT)),
        Line(_("Wait for QC"), told["qc"], _results("qc")),
        Line(_("With QC"), told["judged"], _results("all", State.QC_CLAIMED)),
        Line(_("Promises due today"), due["today"], f"{promises}?band=1"),
        Line(_("Promises due before, not judged yet"), due["before"], f"{promises}?band=0"),
        Line(_("Quota left"), board_figures.open_prospects().quota, reverse("caring-quotas")),
    ]
    signal = "breach" if alarm else "risk"
    return Card(
        "caring-do", _("Caring: to be done"), "vvip/board_lines.html", {"lines": lines}, told["returned"], signal,
        _results("leader"), 21,
    )  # fmt: skip


def _to_decide(user: User) -> Iterator[Line]:
    """Requests beside cases that wait for a second person."""
    for model in (Prospect, CaringResult):
        for kind in second_person.requests(model.procedure_name()):
            if count := kind.waiting(user):
                yield Line(kind.label, count, reverse(kind.page))


def _results(view: str, state: str = "") -> str:
    return f"{reverse('results:list')}?view={view}" + (f"&state={state}" if state else "")


def _prospects() -> Card:
    """Open prospects by where they are and by the age of their list."""
    found = board_figures.open_prospects()
    labels = {
        "ready": _("May be called now"), "later": _("Wait for the next attempt"), "appointment": _("Appointments"),
        "held": _("With an agent"),
    }  # fmt: skip
    bands = [
        Band(_age(place), [(label, found.counts.get((place, name), 0)) for name, label in labels.items()])
        for place in range(len(AGES) + 1)
    ]
    address = f"{reverse('prospects:list')}?view=open"
    it = {"heads": [labels[name] for name in PLACES], "bands": bands, "at": found.at}
    total = sum(band.total for band in bands)
    return Card(
        "caring-prospects", _("Prospects by place and age"), "caring/board_prospects.html", it, total, "", address, 23,
        wide=True,
    )  # fmt: skip


def _age(place: int) -> str:
    if place < len(AGES):
        return ngettext("up to %(n)d day", "up to %(n)d days", AGES[place]) % {"n": AGES[place]}
    return _("older")


def _beside(ours: Counts) -> Card:
    """Nonatero's counts of the day beside ours, by campaign, with the difference."""
    told = board_figures.nonatero()
    labels = {
        "called": _("Calls"), "contacted": _("Contacted"), "agree": _("Agree"), "follow_up": _("Follow up"),
        "decline": _("Decline"),
    }  # fmt: skip
    tables = []
    for campaign in Campaign:
        mine, theirs = ours.get(campaign, {}), told.counts.get(campaign, {})
        rows = []
        for name in COUNTS:
            own, other = mine.get(name, 0), theirs.get(name, 0) if told.at else None
            difference = f"{other - own:+d}" if other is not None and other != own else ""
            rows.append(Beside(labels[name], own, other, difference))
        tables.append((campaign.label, rows))
    different = sum(bool(row.difference) for _label, rows in tables for row in rows)
    it: dict[str, Any] = {"tables": tables, "told": told}
    signal = "breach" if told.is_down else "risk"
    report = f"{reverse('reporting:list', args=['p01_daily'])}?period=today"
    return Card(
        "caring-nonatero", _("Nonatero beside our counts"), "caring/board_nonatero.html", it, different, signal, report,
        24,
    )  # fmt: skip
