"""The desk of the lists: who waits for approval, for a review or for the end, and the register (W-26 5.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation import openings
from segmentation.lists import ListEntry
from segmentation.lookup import customers_by
from segmentation.segments import SHORT
from segmentation.special_list import services
from segmentation.special_list.api import ListEntrySerializer, ListEntryViewSet
from segmentation.special_list.columns import PROPOSERS, leads
from segmentation.special_list.states import ENDED, LIVE, REVIEW, TO_DECIDE, Action, Criterion, Kind, State
from tenesa import door
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.ui.templatetags.ui import when
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.desk import Chip, Desk, Fact, Filter, Link, Row, View, Words
from tenesa.workspace.notify import AT_EVERY_DESK, column, former, returned
from tenesa.workspace.suggestions import Suggestion

SOON = timedelta(days=30)
NEWEST = gettext_lazy("newest first")
OWN = View(
    "own",
    gettext_lazy("Proposed by me"),
    "send",
    gettext_lazy("You proposed nobody yet"),
    gettext_lazy("Whom you propose for the lists stands here, with what became of it."),
    where=lambda user: Q(entered_by=user),
    order="-opened_at",
    note=NEWEST,
    counted=False,
    personal=True,
)
IMPORTS = View("import", gettext_lazy("Import"), "file-up", counted=False, page="list-import")
OPENINGS = View(
    "openings",
    gettext_lazy("VVIP pages opened"),
    "eye",
    counted=False,
    page="customer-openings",
    unread=openings.to_read,
)
VIEWS = [
    View(
        "waiting",
        gettext_lazy("To approve"),
        "stamp",
        gettext_lazy("Nothing waits for approval"),
        gettext_lazy("Who is proposed, and what is to change, appears here by itself. Another person approves it."),
        where=Q(state__in=TO_DECIDE),
    ),
    View(
        "review",
        gettext_lazy("To review"),
        "clipboard-check",
        gettext_lazy("No review is due"),
        gettext_lazy("Every entry is reviewed within 12 months; it stands here a month before."),
        where=Q(state=State.REVIEW) | Q(state=State.ACTIVE, urgent_for=REVIEW, urgent_at__lt=Now() + SOON),
    ),
    View(
        "expiring",
        gettext_lazy("Ending soon"),
        "calendar-clock",
        gettext_lazy("No entry ends within a month"),
        gettext_lazy("Entries that end within a month; ask for a longer time where they still hold."),
        where=Q(state__in=LIVE, urgent_for="end", urgent_at__lt=Now() + SOON),
        counted=False,
    ),
    View(
        "live",
        gettext_lazy("In force"),
        "list-checks",
        gettext_lazy("Nobody stands on the lists"),
        gettext_lazy("Everybody who stands on the lists now."),
        where=Q(state__in=LIVE),
        counted=False,
    ),
    View(
        "all",
        gettext_lazy("Register"),
        "archive",
        gettext_lazy("No entry yet"),
        gettext_lazy("Every entry that ever was, with who entered and who approved it."),
        order="-opened_at",
        note=NEWEST,
        counted=False,
    ),
    IMPORTS,
    OPENINGS,
    OWN,
]


class ListDesk(Desk):
    model = ListEntry
    slug, path, map_slug = "lists", "lists/", "w-26-lists"
    title, icon, place = gettext_lazy("Special & VVIP"), "star", 9
    document_title = gettext_lazy("Special and VVIP customers: criteria and lists")
    document_code = "IN.OCC.TELK.W-26"
    works = tuple(PROPOSERS - {Role.API_CLIENT})
    ended = ENDED
    views, late_in = VIEWS, "waiting"
    filters = [
        Filter("state", gettext_lazy("State"), lambda: State.choices),
        Filter("kind", gettext_lazy("List"), lambda: Kind.choices),
        Filter("criterion", gettext_lazy("Criterion"), lambda: Criterion.choices),
        Filter("import", way="", column="import_row__batch"),
    ]
    rest_filters = ("state", "kind", "criterion")
    serializer, viewset = ListEntrySerializer, ListEntryViewSet
    rest_related = with_rows = ("customer", "service", "entered_by", "approved_by", "change_by", "owner")
    list_search = gettext_lazy("Customer, number of a line or of an entry")
    columns = {
        "name": "customer__name",
        "segment": "customer__segment",
        "kind": "kind",
        "criterion": "criterion",
        "action": "action",
        "valid_to": "valid_to",
        "first_name": "entered_by__first_name",
        "last_name": "entered_by__last_name",
        "username": "entered_by__username",
    }
    keys = {
        "approve": "o", "approve_change": "o", "reject": "q", "refuse_change": "q", "ask_change": "c", "review": "v",
        "ask_end": "h",
    }  # fmt: skip
    suggestions = (Suggestion((State.REVIEW,), "review", gettext_lazy("The entry is due for review.")),)
    any_time = ("ask_end",)
    notices = AT_EVERY_DESK | {
        "reject": (returned(column("entered_by")),),
        "refuse_change": (returned(former("change_by")),),
    }
    bulk = ("approve", "reject", "approve_change", "review", "note")
    icons = {
        "approve": "circle-check", "approve_change": "circle-check", "reject": "circle-x", "refuse_change": "circle-x",
        "review": "clipboard-check", "ask_review": "clipboard-check", "ask_change": "pencil", "ask_end": "list-x",
        "expire": "calendar-x", "lift": "list-x", "declare_emergency": "siren", "prolong": "siren",
    }  # fmt: skip
    facts_open, begins_shift = True, False

    # --- the list ----------------------------------------------------------------------------------------------------
    def views_for(self, user: User) -> list[View]:
        if not leads(user):
            return [OWN]
        return [one for one in self.views if one is not OWN and (one is not OPENINGS or user.has_role(Role.SUPERVISOR))]

    def home_view(self, case: ListEntry, user: User) -> str:
        if not leads(user):
            return OWN.slug
        return {State.REVIEW: "review"}.get(State(case.state), "waiting" if case.needs_action else "all")

    def places(self, user: User) -> list[Q]:
        """The list is of the whole house."""
        if leads(user):
            return [Q()]
        return [Q(entered_by_id=user.pk)] if user.has_role(*PROPOSERS) else []

    def opening(self, user: User) -> Link | None:
        return Link(_("Propose for the list"), reverse("list-propose")) if services.may_propose(user) else None

    def search_result(self, cases: QuerySet[Any], user: User, words: str) -> QuerySet[Any]:
        """By the number of an entry, any number of the customer, or a part of the name; the search index, which
        everybody at a desk may ask, holds no names of these lists."""
        own = door.number(words.upper().removeprefix(ListEntry.prefix))
        named = Q(customer__name__icontains=words[:80]) | Q(customer__in=[one.customer for one in customers_by(words)])
        return cases.filter(named if own is None else named | Q(pk=own))

    def row(self, one: Any, now: datetime, view: View) -> Row:
        author = f"{one.first_name or ''} {one.last_name or ''}".strip() or one.username or str(Role.SYSTEM.label)
        until = f"{_('until')} {date_format(one.valid_to, 'j M Y')}"
        about = f"{Criterion(one.criterion).label} · {Action(one.action).label}"
        why = " · ".join(filter(None, ["" if view.slug == "live" else self.state(one.state), until, author]))
        segment = [Chip(SHORT[one.segment])] if one.segment else []
        return Row(one.name, about, why, [*segment, Chip(Kind(one.kind).label, solid=one.kind == Kind.VVIP)])

    # --- the case ----------------------------------------------------------------------------------------------------
    def customer_of(self, case: ListEntry) -> CustomerKeys | None:
        return CustomerKeys(case.customer.reference)

    def holder(self, case: ListEntry) -> Words:
        """Nobody's work alone: whoever may approve it."""
        return _("leaders") if case.state not in self.ended else "–"

    def summary(self, case: ListEntry) -> Iterator[Words]:
        yield case.label
        yield f"{_('until')} {date_format(case.valid_to, 'j M Y')}"

    def facts(self, case: ListEntry, user: User) -> Iterator[Fact]:
        yield Fact(_("Customer"), case.customer.name, url=case.customer.get_absolute_url())
        yield Fact(_("Customer number"), case.customer.reference, copy=True, key=",")
        yield Fact(_("Service"), str(case.service or _("all services")))
        yield Fact(_("Criterion"), f"{case.get_kind_display()} · {case.label}")
        yield Fact(_("What to do"), case.get_action_display())
        yield Fact(_("Evidence"), case.evidence)
        yield Fact(_("Source"), case.source)
        yield Fact(_("Counted on"), _day(case.measure.get("measured_at")))
        yield Fact(_("End of the term of office"), _day(case.measure.get("term_end")))
        yield Fact(_("Holds"), f"{date_format(case.valid_from, 'j M Y')} – {date_format(case.valid_to, 'j M Y')}")
        yield Fact(_("Review"), date_format(case.review_due, "j M Y"))
        yield Fact(_("Entered by"), str(case.entered_by or Role.SYSTEM.label))
        yield Fact(_("Approved by"), f"{case.approved_by} · {when(case.decided_at)}" if case.approved_by else "")
        yield Fact(_("Note"), case.remark)

    def warnings(self, case: ListEntry, user: User) -> Iterator[str]:
        if case.state == State.CHANGING:
            asked = _changes(case) if case.change else _("It is to be taken off the list.")
            yield _("%(who)s asks: %(what)s Why: %(why)s") % {"who": case.change_by, "what": asked, "why": case.remark}

    def nothing_to_do(self, case: ListEntry, user: User) -> str:
        if case.state in self.ended:
            return _("This entry is over: it counts for nothing any more.")
        return _("This waits for a team leader or supervisor.")

    # --- what comes next ---------------------------------------------------------------------------------------------
    def leads_on(self, case: ListEntry, step: str, user: User) -> bool:
        return step in {"approve", "reject", "approve_change", "refuse_change", "review"}


def _changes(case: ListEntry) -> str:
    """What a change would make different, before and after."""
    said = []
    for name, value in case.change.items():
        before, after = getattr(case, name), value
        if name == "action":
            before, after = Action(before).label, Action(after).label
        if name == "valid_to":
            before, after = date_format(before, "j M Y"), _day(value)
        if f"{before}" != f"{after}":
            label = case._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            said.append(f"{label}: {before} → {after}")
    return "; ".join(said) + "."


def _day(text: str | None) -> str:
    return date_format(datetime.fromisoformat(text).date(), "j M Y") if text else ""
