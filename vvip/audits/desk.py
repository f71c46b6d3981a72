"""The desk of the audits: what is particular to the page on which a drawn call is judged (W-26 4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.ui.templatetags.ui import when
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.desk import Chip, Desk, Fact, Filter, Group, Link, Row, View, Words
from tenesa.workspace.notify import AT_EVERY_DESK, column, returned
from vvip.audits import samples, suggestions
from vvip.audits.columns import READERS
from vvip.audits.models import of_own_calls
from vvip.audits.states import CRITERIA, STRATA, Part, State, Verdict
from vvip.calls.states import Kind
from vvip.models import Audit

NEWEST = gettext_lazy("newest first")


class AuditDesk(Desk):
    model = Audit
    slug, path, map_slug = "audits", "audits/", "w-26-audit"
    title, icon, place = gettext_lazy("Audits"), "clipboard-check", 10
    document_title = gettext_lazy("Special and VVIP customers work instruction")
    document_code = "IN.OCC.TELK.W-26"
    works = (*sorted(READERS), Role.AGENT_147, Role.AGENT_TIER2)
    ended = (State.DONE, State.SUPERSEDED)
    views = (
        View(
            "waiting",
            gettext_lazy("To audit"),
            "clipboard-check",
            gettext_lazy("No call is to be audited"),
            gettext_lazy("Draw a sample under “Samples and shares”."),
            where=Q(state__in=[State.DRAWN, State.OBJECTED]),
            for_leaders=True,
        ),
        View("samples", gettext_lazy("Samples and shares"), "percent", counted=False, page="samples", for_leaders=True),
        View(
            "done",
            gettext_lazy("Audited"),
            "archive",
            gettext_lazy("Nothing has been audited yet"),
            where=~Q(state=State.DRAWN),
            order="-changed_at",
            note=NEWEST,
            counted=False,
        ),
    )
    late_in = "waiting"
    filters = (
        Filter("stratum", gettext_lazy("Path"), lambda: [(one.value, one.label) for one in STRATA]),
        Filter("sample", way=""),
    )
    columns = {
        "customer": "call__customer__name",
        "reference": "call__customer__reference",
        "report": "call__report",
        "call": "call_id",
        "stratum": "stratum",
        "education": "education",
        "escalation": "escalation",
    }
    keys = {"audit": "o", "keep": "o", "correct": "v", "raise_objection": "q"}
    notices = AT_EVERY_DESK | {"raise_objection": (returned(column("audited_by")),)}
    suggestions = suggestions.TABLE
    bulk = ("note",)
    any_time = ("correct", "raise_objection")
    not_missed = ("correct", "raise_objection")
    icons = {
        "draw": "dices", "audit": "clipboard-check", "raise_objection": "message-square-warning", "keep": "stamp",
        "correct": "eraser", "replace": "clipboard-check",
    }  # fmt: skip
    facts_open, begins_shift = True, False
    with_rows = (
        "owner", "call", "call__customer", "call__service", "sample", "audited_by", "educated_by", "escalated_by",
        "corrects",
    )  # fmt: skip
    rest_fields = ("call", "stratum", "education", "escalation", "audited_by", "audited_at", "objection", "corrects")
    rest_filters = ("state", "stratum", "sample")
    rest_related = ("owner", "call", "call__customer")

    def places(self, user: User) -> list[Q]:
        return super().places(user) if user.has_role(*READERS) else [of_own_calls(user)]

    # --- the list ----------------------------------------------------------------------------------------------------
    def opening(self, user: User) -> Link | None:
        label, address = gettext_lazy("Draw a sample"), reverse("samples")
        return Link(label, address, icon="dices") if samples.may_draw(user) else None

    def row(self, one: Any, now: datetime, view: View) -> Row:
        chips = [Chip(Kind(one.stratum).label)]
        found = ((Part.EDUCATION, one.education), (Part.ESCALATION, one.escalation))
        chips += [_found(part, right) for part, right in found if right is False]
        known = CustomerKeys(one.reference) if one.reference else None
        return Row(one.customer or "", one.report, self.state(one.state), chips, customer=known)

    # --- the case ----------------------------------------------------------------------------------------------------
    def customer_of(self, case: Audit) -> CustomerKeys | None:
        return CustomerKeys(case.call.customer.reference) if case.call.customer else None

    def holder(self, case: Audit) -> Words:
        return str(case.audited_by) if case.audited_by else _("nobody")

    def chips(self, case: Audit) -> Iterator[Chip]:
        yield Chip(case.get_stratum_display())
        if case.education is not None:
            yield _found(Part.EDUCATION, case.education)
            yield _found(Part.ESCALATION, bool(case.escalation))

    def facts(self, case: Audit, user: User) -> Iterator[Fact]:
        call = case.call
        yield Fact(_("147 call"), call.number, url=call.get_absolute_url())
        yield Fact(_("Report"), call.report)
        yield Fact(_("Ordered by the list"), call.action)
        yield Fact(_("Way-out script"), str(call.script or ""))
        yield Fact(_("Analysis"), call.analysis)
        yield Fact(_("Solution"), call.solution)
        yield Fact(_("Education by"), str(case.educated_by or ""))
        yield Fact(_("Escalation by"), str(case.escalated_by or ""))
        yield Fact(_("Sample"), _sample(case))
        yield Fact(_("Audited"), f"{case.audited_by} · {when(case.audited_at)}" if case.audited_by else "")
        yield Fact(
            _("In the place of"), case.corrects or "", url=case.corrects.get_absolute_url() if case.corrects else ""
        )
        yield Fact(_("Objection"), case.objection)
        yield Fact(_("Note"), case.remark)
        for tick in case.ticks.order_by("pk"):
            yield Fact(CRITERIA[tick.criterion].words, f"{Verdict(tick.verdict).label} · {tick.clause}")

    def groups(self, case: Audit, user: User) -> Iterator[Group]:
        """The callbacks of the call: what Tier 2 did stands there."""
        callbacks = case.call.callbacks.order_by("pk")
        links = [Link(one.title, one.get_absolute_url(), one.number, one.get_state_display()) for one in callbacks]
        yield Group(_("Callbacks"), links)


def _found(part: Part, right: bool) -> Chip:
    words = _("right") if right else _("wrong")
    return Chip(f"{part.label}: {words}", icon="check" if right else "x", solid=not right)


def _sample(case: Audit) -> str:
    told = {"seed": case.sample.seed, "first": f"{case.sample.first:%d/%m}", "last": f"{case.sample.last:%d/%m/%Y}"}
    return _("%(first)s – %(last)s, seed %(seed)s") % told
