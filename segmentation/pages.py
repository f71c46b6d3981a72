"""The page of a customer: who it is, its services and open incidents, and its cases at every desk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from segmentation.classes import CustomerClass, class_of
from segmentation.customers import Customer, CustomerNumber, Service
from segmentation.openings import WEEK, OpeningsWeek, RecordOpening, may_open, monday, note_read, of_week
from segmentation.shown import READ_WHY, marks_of
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact.numbers import normal
from tenesa.incidents.models import Incident
from tenesa.search import registry as search
from tenesa.search.registry import Line
from tenesa.systems.operations import REPAIRED
from tenesa.ui.menu import Command, command_sources
from tenesa.ui.views import current_user
from tenesa.workflow import keyset
from tenesa.workspace import customer_page
from tenesa.workspace.cross_desk import CustomerKeys, cases_of
from tenesa.workspace.customer_page import SHOWN, Part, part_of, parts_of

KEYS = 100  # services and incidents by which the cases of a customer are found
PERSONS = 50
IN_THE_PALETTE = 5
MOST_OPENINGS = 500
OPEN_CASES = 200
SIX_DAYS = timedelta(days=6)


@dataclass(frozen=True)
class Page:
    customer: Customer
    parts: Sequence[Part]
    marks: Sequence[str] = ()
    told: CustomerClass = field(default_factory=CustomerClass)
    reads_why: bool = False

    @property
    def happened(self) -> list[Part]:
        return [part for part in self.parts if not part.beside]

    @property
    def beside(self) -> list[Part]:
        return [part for part in self.parts if part.beside]

    @property
    def persons(self) -> Sequence[Any]:
        return list(self.customer.contacts[:PERSONS])

    @property
    def more_persons(self) -> bool:
        return len(self.customer.contacts) > PERSONS


def may_see(user: User) -> bool:
    """Whoever works with customers."""
    return bool(user.workplaces)


@login_required
@require_http_methods(["GET", "POST"])
def customer(request: HttpRequest, reference: str) -> HttpResponse:
    """The page; of a VVIP customer after a reason, unless a case of theirs is this person's own. POST gives it.

    `part` and `after` name a part that begins at a place; a page that is open is given that part alone.
    """
    user = current_user(request)
    if not may_see(user):
        raise Http404
    one = get_object_or_404(Customer, reference=reference)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        RecordOpening.objects.create(customer=one, by=user, reason=form.cleaned_data["reason"])
        return redirect(one)
    told, known = class_of(customer=one), keys_of(one)
    if told.vvip and not may_open(user, one, cases_of(known, user, most=OPEN_CASES)):
        status = 422 if request.method == "POST" else 200
        return render(request, "segmentation/why.html", {"customer": one, "form": form}, status=status)
    key, after = request.GET.get("part", ""), request.GET.get("after", "")
    if key and request.htmx:  # type: ignore[attr-defined]
        if (part := part_of(known, user, key, after)) is None:
            raise Http404
        return render(request, "workspace/_customer_part.html", {"part": part})
    page = Page(one, parts_of(known, user, key, after), marks_of(told, user), told, user.has_role(*READ_WHY))
    return render(request, "segmentation/customer.html", {"page": page})


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why do you open it?"), min_length=10, max_length=300, strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def openings(request: HttpRequest) -> HttpResponse:
    """Openings of VVIP pages without own work, week by week; for the supervisor, to read here and nowhere else. POST
    says that the week was read."""
    user = current_user(request)
    if not user.has_role(Role.SUPERVISOR):
        raise Http404
    begin = monday(min(_asked_day(request), timezone.localdate()))
    if request.method == "POST":
        note_read(begin, user)
        return redirect(f"{reverse('customer-openings')}?week={begin}")
    rows = list(of_week(begin)[: MOST_OPENINGS + 1])
    weeks = {"before": begin - WEEK, "after": begin + WEEK if begin < monday(timezone.localdate()) else None}
    page = {
        "rows": rows[:MOST_OPENINGS],
        "more": len(rows) > MOST_OPENINGS,
        "begin": begin,
        "end": begin + WEEK / 7 * 6,
        "handed": OpeningsWeek.objects.filter(begin=begin).select_related("read_by").first(),
        "unread": OpeningsWeek.objects.filter(read_at=None).exclude(begin=begin).order_by("begin"),
    }
    answer = render(request, "segmentation/openings.html", {**page, **weeks})
    answer["Cache-Control"] = "no-store"
    return answer


def keys_of(one: Customer) -> CustomerKeys:
    """What its cases are found by: those about one of its newest incidents count as well as those that name it."""
    return CustomerKeys(
        reference=one.reference,
        addresses=[contact["email"] for contact in one.contacts[:PERSONS] if contact.get("email")],
        services=list(one.services.order_by("product_id").values_list("product_id", flat=True)[:KEYS]),
        incidents=list(incidents_of(one.reference).values_list("number", flat=True)[:KEYS]),
    )


def incidents_of(reference: str) -> QuerySet[Incident]:
    services = Service.objects.filter(customer__reference=reference)
    return Incident.objects.filter(product_id__in=services.values("product_id")).order_by("-pk")


def incidents(known: CustomerKeys, user: User, after: str) -> Part:
    """Those that are open in NOSSA, of its services."""
    found = incidents_of(known.reference).exclude(status__in=REPAIRED).defer("facts", "worklogs")
    rows = list((found.filter(pk__lt=keyset.number_of(after)) if after else found)[: SHOWN + 1])
    more = str(rows[SHOWN - 1].pk) if len(rows) > SHOWN else ""
    return Part(
        "incidents", gettext_lazy("Open incidents"), "triangle-alert", "segmentation/_incidents.html", rows[:SHOWN],
        more, not after, gettext_lazy("No incident is open."), beside=True,
    )  # fmt: skip


def services(known: CustomerKeys, user: User, after: str) -> Part:
    """All of them, by their numbers."""
    found = Service.objects.filter(customer__reference=known.reference, product_id__gt=after).order_by("product_id")
    rows = list(found[: SHOWN + 1])
    more = rows[SHOWN - 1].product_id if len(rows) > SHOWN else ""
    return Part(
        "services", gettext_lazy("Services"), "cable", "segmentation/_services.html", rows[:SHOWN], more, not after,
        gettext_lazy("No service is known."), beside=True,
    )  # fmt: skip


def register() -> None:
    """What this app has of a customer, on their page, and where they are found; called once, in `AppConfig.ready`."""
    customer_page.register("incidents", incidents)
    customer_page.register("services", services)
    search.register_customers(lines)
    command_sources.append(commands)


def _asked_day(request: HttpRequest) -> date:
    """The day that the address names; today where it names none that could have openings."""
    try:
        day = parse_date(request.GET.get("week", ""))
    except ValueError:
        day = None
    return day if day and day.year > 2000 else timezone.localdate()


# --- found -----------------------------------------------------------------------------------------------------------
def found(user: User, words: str, most: int) -> list[Customer]:
    """By a part of the name, the beginning of their number or of a service's, or any other number in any writing."""
    wanted = words.strip()[:80]
    if len(wanted) < 3 or not may_see(user):
        return []
    named = Customer.objects.filter(name__icontains=wanted).order_by("name", "pk")
    told: list[QuerySet[Any, Any]] = [named.values("pk")]
    if wanted.replace("-", "").isdecimal() and len(wanted) > 3:
        services = Service.objects.filter(product_id__startswith=wanted).order_by("product_id")
        told.append(services.values("customer"))
        told.append(Customer.objects.filter(reference__startswith=wanted).order_by("reference").values("pk"))
    if number := normal(wanted):
        told.append(CustomerNumber.objects.filter(number=number).order_by("pk").values("customer"))
    keys = told[0][:most].union(*(one[:most] for one in told[1:]))
    return list(Customer.objects.filter(pk__in=keys).order_by("name", "pk")[:most])


def commands(request: HttpRequest, words: str) -> Iterator[Command]:
    """Customers in the palette."""
    user = request.user
    for one in found(user, words, IN_THE_PALETTE) if isinstance(user, User) else ():
        hint = f"{one.reference} · {one.get_segment_display()}"
        yield Command(one.name, "building-2", _("Customers"), url=one.get_absolute_url(), hint=hint, matched=True)


def lines(user: User, words: str, most: int) -> list[Line]:
    """The same among the results of a search."""
    return [
        Line(one.reference, one.name, "", str(one.get_segment_display()), one.get_absolute_url())
        for one in found(user, words, most)
    ]
