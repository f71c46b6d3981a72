"""Reading pages of the e-mail desk: the workspace and its parts, the procedure map, the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from segmentation.models import Customer
from segmentation.segments import Segment
from tenesa.accounts.models import Area, User
from tenesa.audit.models import Event
from tenesa.ui.chart import chart
from tenesa.ui.live import name_of
from tenesa.ui.viewing import viewers
from tenesa.ui.views import person
from tenesa.workflow.step import StepForm, steps_of
from tenesa.workspace.beside import parts_beside
from tickets import clock_panel, knowledge, selectors
from tickets.clocks import WORDS as TIMER_WORDS
from tickets.evidence import evidence, verdicts
from tickets.models import EmailCase, Line
from tickets.rail import rail
from tickets.selectors import LEADERS, VIEWS
from tickets.states import ENDED, Handling, State
from tickets.timeline import timeline


def visible_case(request: HttpRequest, pk: int) -> EmailCase:
    """The case, or 404 where this person may not know of it."""
    cases = EmailCase.objects.visible_to(person(request)).select_related("customer", "owner", "mailbox", "last_mail")
    case: EmailCase = get_object_or_404(cases, pk=pk)
    return case


class Filters(forms.Form):
    """The filters above the list; their values live in the address line."""

    segment = forms.ChoiceField(required=False)
    level = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False)
    area = forms.ChoiceField(required=False)
    q = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segments = [(value, value) for value in Segment.values if value]
        areas = [(area.code, area.name) for area in Area.objects.all()]
        self._offer("segment", _("Segment"), segments)
        self._offer("level", _("Level"), list(Handling.choices))
        self._offer("state", _("State"), list(State.choices))
        self._offer("area", _("Area"), areas)

    def _offer(self, name: str, every: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = [("", every), *choices]  # type: ignore[attr-defined]

    @property
    def selects(self) -> list[tuple[str, str, list[tuple[str, Any]], str]]:
        """(name, label, choices, chosen); drawn by the page itself, as Django's widgets draw each option by a file."""
        drawn = []
        for name in ("segment", "state", "area"):
            choices = list(self.fields[name].choices)  # type: ignore[attr-defined]
            drawn.append((name, choices[0][1], choices, self[name].value() or ""))
        return drawn

    data: QueryDict

    @property
    def levels(self) -> list[tuple[str, str, bool, str]]:
        """(value, label, chosen, address): one chip a handling level (P-05 9, E-41); a second click takes it off."""
        chips = []
        for value, label in Handling.choices:
            asked, on = self.data.copy(), self["level"].value() == value
            for name in ("after", "until", "part", "level"):
                asked.pop(name, None)
            if not on:
                asked["level"] = value
            chips.append((value, str(label), on, asked.urlencode()))
        return chips

    @property
    def any(self) -> bool:
        return any(self[name].value() for name in self.fields)


def queue_of(request: HttpRequest) -> dict[str, Any]:
    """The list beside the case, from the address line."""
    user = person(request)
    view = VIEWS.get(request.GET.get("view", "mine"), VIEWS["mine"])
    if view.for_leaders and not user.has_role(*LEADERS):
        raise Http404
    listed = selectors.page(
        user, view, request.GET, after=request.GET.get("after", ""), until=request.GET.get("until", "")
    )
    return {"view": view, "page": listed, "filters": Filters(request.GET), "finder": request.GET.get("q", "")}


@login_required
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """The workspace without a case; `part` asks for the rows alone."""
    context = queue_of(request)
    part = request.GET.get("part", "")
    template = {"rows": "tickets/_rows.html", "more": "tickets/_more_rows.html"}.get(part, "tickets/workspace.html")
    return render(request, template, context)


@login_required
@require_GET
def case(request: HttpRequest, pk: int) -> HttpResponse:
    context = case_context(request, visible_case(request, pk))
    if request.htmx:  # type: ignore[attr-defined]
        page = selectors.Page([], request.GET.urlencode())
        return render(request, "tickets/_open.html", {**context, "page": page})
    return render(request, "tickets/workspace.html", {**queue_of(request), **context})


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    copy: bool = False
    copy_key: str = ""


@dataclass(frozen=True)
class Deadline:
    at: Any
    warn: Any
    label: str
    signal: str


def case_context(
    request: HttpRequest, shown: EmailCase, *, bound: tuple[str, StepForm] | None = None, refusal: str = ""
) -> dict[str, Any]:
    """Everything the case and its procedure rail draw."""
    user = person(request)
    events = list(
        Event.objects.filter(procedure=shown.procedure_name(), case_id=shown.pk).select_related("actor").order_by("seq")
    )
    return {
        "case": shown,
        "live_name": name_of(shown),
        "timeline": timeline(shown, user, events),
        "refusal": refusal,
        **head_context(shown, user),
        **facts_context(shown, user),
        "clocks": clock_panel.panel(shown),
        **rail_context(shown, user, events, bound=bound),
    }


def head_context(shown: EmailCase, user: User) -> dict[str, Any]:
    name = shown.procedure_name()
    deadline = None
    if shown.urgent_for and shown.state not in ENDED:
        words = str(TIMER_WORDS.get(shown.urgent_for, shown.urgent_for))
        signal = selectors.signal_of(shown.urgent_at, shown.warn_at, timezone.now()) or "met"
        deadline = Deadline(shown.urgent_at, shown.warn_at, words, signal)
    return {"deadline": deadline, "viewers": viewers(name, [shown.pk], but=user).get(shown.pk, [])}


def facts_context(shown: EmailCase, user: User) -> dict[str, Any]:
    family = shown.family()
    lines = list(shown.lines.select_related("incident").order_by("pk"))
    merged = Line.objects.filter(case__in=family[1:]).select_related("incident", "case").order_by("pk")
    groups = selectors.related(shown, user)
    incidents = [line.incident_number for line in lines if line.incident_number]
    facts = [
        Fact(_("Sender"), shown.sender_name),
        Fact(_("Address"), shown.sender_address, copy=True),
        Fact(_("Customer"), _linked(shown.customer) if shown.customer else ""),
        Fact(_("Customer number"), shown.customer.reference if shown.customer else "", copy=True),
        Fact(_("Need"), " · ".join(filter(None, [shown.get_kind_display(), shown.get_complaint_display()]))),
        Fact(_("Segment from"), " · ".join(filter(None, [shown.get_segment_source_display(), shown.segment_reason]))),
        Fact(_("Incident"), ", ".join(incidents), copy=bool(incidents), copy_key=","),
        Fact(_("Reporter"), " · ".join(filter(None, [shown.reporter_name, shown.reporter_phone]))),
        Fact(_("Symptom"), shown.get_symptom_display() if shown.symptom else ""),
        Fact(_("Related product"), shown.related_product),
        Fact(_("Mailbox"), str(shown.mailbox)),
    ]
    if hints := shown.hints():
        facts.append(Fact(_("In signature or quote"), ", ".join(hints), copy=True, copy_key=""))
    known = lines or [Line(product_id=product_id) for product_id in shown.known_product_ids()]
    return {
        "lines": known,
        "repairs": clock_panel.repairs(shown, known),
        "merged_lines": list(merged) if family[1:] else [],
        "facts": [fact for fact in facts if fact.value],
        "related": groups,
        "known": knowledge.beside(shown),
        "related_count": sum(len(group.cases) for group in groups),
    }


def _linked(customer: Customer) -> str:
    return format_html('<a class="link" href="{}">{}</a>', customer.get_absolute_url(), customer)


def rail_context(
    shown: EmailCase, user: User, events: list[Event], *, bound: tuple[str, StepForm] | None = None
) -> dict[str, Any]:
    drawn = rail(shown, user, events, bound=bound)
    context = {name: getattr(drawn, name) for name in drawn.__dataclass_fields__}
    context["parts_beside"] = parts_beside(shown, user)
    if drawn.panel:
        context |= {"evidence": SimpleLazyObject(lambda: evidence(shown, user)), "verdicts": verdicts()}
        context["expedites"] = shown.expedites.select_related("by").order_by("-at")[:3]
    return context


@login_required
@require_GET
def part(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One part of an open case again, after a live update."""
    templates = {
        "head": "tickets/_head.html",
        "facts": "tickets/_facts.html",
        "clocks": "tickets/_clocks.html",
        "timeline": "tickets/_timeline.html",
        "procedure": "tickets/_procedure.html",
        "bar": "tickets/_composer_bar.html",
    }
    if name not in templates:
        raise Http404
    shown = visible_case(request, pk)
    page = selectors.Page([], "view=mine")
    return render(request, templates[name], {**case_context(request, shown), "page": page})


@login_required
@require_GET
def procedure_map(request: HttpRequest) -> HttpResponse:
    """The state chart drawn from the procedure itself, with the open cases of now on every state."""
    steps = list(steps_of(EmailCase).values())
    labels = {state.value: str(state.label) for state in State}
    drawn = chart(steps, labels, selectors.state_counts(person(request)), [str(state) for state in ENDED])
    context = {"chart": drawn, "steps": steps, "document": "IN.OCC.TENESA.W-05", "revision": EmailCase.revision}
    return render(request, "tickets/map.html", context)
