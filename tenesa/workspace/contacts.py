"""Who was contacted when, by whichever desk: the leaders' list, by number or by customer, numbers half hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS
from tenesa.contact import log
from tenesa.contact.models import ContactAttempt, Dial
from tenesa.contact.numbers import normal, seen_by
from tenesa.ui.menu import Command
from tenesa.ui.views import current_user
from tenesa.workflow import keyset
from tenesa.workflow.procedures import procedures, unread, visible
from tenesa.workspace.cross_desk import CustomerKeys
from tenesa.workspace.customers import of_rows

PAGE = 50


@dataclass(frozen=True)
class Contact:
    """One line: an attempt, or a dial of which nobody has said what came of it (`attempt` is None)."""

    row: ContactAttempt | Dial
    attempt: ContactAttempt | None
    address: str  # of the case; "" where this person may not know of it
    case_number: str
    number: str

    @property
    def reference(self) -> str:
        """The number of the customer; "" where it is not known whom the call was for."""
        return self.row.person.removeprefix("customer:").partition("/")[0] if self.person else ""

    @property
    def person(self) -> str:
        """ "customer:1000123/bonar" as people write it."""
        return self.row.person.partition(":")[2].replace("/", " · ")


def commands(request: HttpRequest, words: str) -> Iterator[Command]:
    """For leaders, in the palette: the menu of somebody who sees every desk is full."""
    if isinstance(request.user, User) and request.user.has_role(*LEADERS):
        yield Command(_("Contacts"), "phone", _("Go to"), url=reverse("contacts"))


@login_required
@require_GET
def contacts_page(request: HttpRequest) -> HttpResponse:
    """For leaders; `q` is a number in any writing, or a customer number."""
    user = current_user(request)
    if not user.has_role(*LEADERS):
        raise PermissionDenied
    words, place = request.GET.get("q", "").strip()[:60], keyset.read(request.GET.get("after", ""))
    rows, more = page_of(user, words, place)
    labels = of_rows([CustomerKeys(row.reference) if row.reference else None for row in rows], user)
    lines = list(zip(rows, [label.address if label else "" for label in labels], strict=True))
    return render(request, "workspace/contacts.html", {"rows": lines, "more": more, "words": words})


def page_of(user: User, words: str, place: keyset.Place | None = None) -> tuple[list[Contact], str]:
    """A page, newest first, and the place behind it ("" at the end)."""
    return _page(user, _about(words) if words else Q(), place, PAGE)


def of_customer(user: User, reference: str, place: keyset.Place | None, most: int) -> tuple[list[Contact], str]:
    """The same of one customer, so many rows: numbers as the pages of the cases show them."""
    return _page(user, log.of_customer(reference), place, most, whole=True)


def _page(
    user: User, where: Q, place: keyset.Place | None, most: int, *, whole: bool = False
) -> tuple[list[Contact], str]:
    if place:
        where &= keyset.behind("at", *place, descending=True)
    found: list[ContactAttempt | Dial] = []
    attempts = ContactAttempt.objects.filter(where).select_related("agent", "dial")
    found += attempts.order_by("-at", "-pk")[: most + 1]
    dials = (
        Dial.objects.filter(where, attempt=None).exclude(state=Dial.State.FAILED, call_id="").select_related("agent")
    )
    found += dials.order_by("-at", "-pk")[: most + 1]
    found.sort(key=lambda row: (row.at, row.pk), reverse=True)
    shown = found[:most]
    more = keyset.place(shown[-1].at, shown[-1].pk) if len(found) > most else ""
    return _with_cases(shown, user, whole=whole), more


def _about(words: str) -> Q:
    number = normal(words)
    return log.of_customer(words) | (Q(number=number) if number else Q(pk__in=[]))


def _with_cases(rows: Sequence[ContactAttempt | Dial], user: User, *, whole: bool) -> list[Contact]:
    """Each with its case; of one that the person may not see, the number alone. One question for all."""
    wanted: dict[str, set[int]] = defaultdict(set)
    models = procedures()
    for row in rows:
        if row.case_id is not None and row.procedure in models:
            wanted[row.procedure].add(row.case_id)
    asked = [
        visible(models[name], user).filter(pk__in=pks).order_by().annotate(of=Value(name)).values_list("of", "pk")
        for name, pks in wanted.items()
    ]
    seen = set(asked[0].union(*asked[1:])) if asked else set()
    made = []
    for row in rows:
        case = unread(row.procedure, row.case_id)
        address = case.get_absolute_url() if case and (row.procedure, row.case_id) in seen else ""
        attempt = row if isinstance(row, ContactAttempt) else None
        number = seen_by(user, row.number, opens=whole and bool(address))
        made.append(Contact(row, attempt, address, case.number if case else "", number))
    return made
