"""What stands beside the call: the bills, why this one, and the scripts (P-01 5.2, 8 langkah 2; requirements 8.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from caring import billing
from caring.models import Prospect
from caring.offers import catalogue
from caring.offers.catalogue import told_in_words
from caring.prospects import scripts
from caring.prospects.scripts import CLOSING, GREETING, NAMES, REASONS, REMINDER, THIRD_PARTY
from caring.prospects.states import HELD, State
from caring.score import facts_of, why_this_one
from tenesa.accounts.models import User
from tenesa.knowledge.scripts import ScriptRead
from tenesa.knowledge.services import html_of
from tenesa.rupiah import in_rupiah
from tenesa.ui.views import current_user
from tenesa.workspace.case_page import visible_case
from tenesa.workspace.cross_desk import Opening, openings
from tenesa.workspace.desk import desk_of

Chosen = tuple[str, date] | None  # an offer and the day of its first line, in the form of the agreement
_PLACEHOLDER = re.compile(r"\*\(([^()]+)\)\*")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>()#|~])")
BESIDE = {  # which scripts belong to what is done now, the one that is read first in front
    State.PICKED: (GREETING,),
    State.IN_CALL: (GREETING, THIRD_PARTY),
}
WITH_PAYER = (REMINDER, REASONS, CLOSING)
OPENED_BY = {REASONS: "decline", THIRD_PARTY: "miss", CLOSING: "agree"}  # the step whose form brings the script


@dataclass(frozen=True)
class ShownScript:
    """A script as it stands beside the call; `html` is empty until it is opened. `follows` is the address of one that
    says what is chosen in the form of the agreement."""

    name: str
    label: str | Promise
    script: ScriptRead | None
    html: SafeString | str = ""
    opened_by: str = ""
    follows: str = ""


@dataclass(frozen=True)
class BesideCall:
    """What `caring/_beside.html` draws. `total` with the fines, and `parts` what it is made of; `months` are (month,
    amount) in words. All of it is empty while no amount is shown."""

    case: Prospect
    told: bool
    total: str
    parts: str
    months: Sequence[tuple[str, str]]
    days: int | None
    why: Sequence[str]
    scripts: Sequence[ShownScript]
    reports: Sequence[Opening] = ()


def beside(case: Prospect, user: User) -> BesideCall | None:
    """None where nobody works on it, and it was not paid in between."""
    if case.state not in {*HELD, State.PAID}:
        return None
    if case.is_paid:
        return BesideCall(case, False, "", "", (), None, (), ())
    told = case.shows_debt
    names = WITH_PAYER if told else BESIDE[State(case.state)]
    return BesideCall(
        case,
        told,
        in_rupiah(case.owed.total) if told else "",
        told_in_words(case.owed) if told else "",
        _months(case) if told else [],
        billing.days_to_termination(case.oldest_month, timezone.localdate()) if told else None,
        why_this_one(facts_of(case.score_facts), amounts=told),
        [shown(case, name, user, opened=name == names[0]) for name in names],
        openings({"service": case.fastel}, user, but=Prospect) if told else (),
    )


def _months(case: Prospect) -> list[tuple[str, str]]:
    return [(billing.month_name(month, "M Y"), in_rupiah(amount)) for month, amount in sorted(case.bills.items())]


def shown(case: Prospect, name: str, user: User, *, opened: bool, chosen: Chosen = None) -> ShownScript:
    """With its text, and kept as seen, where it is opened. `chosen` are offer and first day in the form."""
    script = scripts.script_at(name)
    opener = OPENED_BY.get(name, "")
    if script is None or not opened:
        return ShownScript(name, NAMES[name], script, opened_by=opener)
    scripts.note_shown(case, script, user)
    html = html_of(filled(script.version.body, values_of(case, user, chosen)))
    follows = reverse("caring-script", args=[case.pk, name]) if name == CLOSING else ""
    return ShownScript(name, NAMES[name], script, html, opener, follows)


def values_of(case: Prospect, user: User, chosen: Chosen = None) -> dict[str, str]:
    """What fills the placeholders; of the debt nothing before the payer is confirmed."""
    known = {
        "nama pelanggan": case.name,
        "nama agent": user.get_full_name() or user.username,
        "nomor": case.fastel,
        "paket": case.package,
        "tanggal": date_format(timezone.localdate(), "j F Y"),
    }
    if case.shows_debt:
        known["nama penanggung jawab"] = case.receiver or case.name
        known["tagihan terakhir"] = in_rupiah(case.bills[max(case.bills)]) if case.bills else ""
        months = [billing.month_name(month) for month in sorted(case.bills)]
        known |= {"jumlah": in_rupiah(case.owed.total), "rincian": told_in_words(case.owed)}
        known["isolir"] = _isolation(case)
        known["bulan"] = get_text_list(months, _("and"))
        if chosen and case.total and chosen[0] in dict(catalogue.choices()):
            known["penawaran"] = catalogue.name_of(chosen[0])
            known["janji"] = catalogue.lines_in_words(catalogue.lines_of(case, *chosen))
    return {name: value for name, value in known.items() if value}


def _isolation(case: Prospect) -> str:
    """What is true of the line today: it is isolated, it may be at any time, or it will be."""
    if case.isolated:
        return _("Your service is isolated for now")
    today = timezone.localdate()
    day = case.oldest_month.replace(day=billing.policy_at(today).isolation_day)
    if day <= today:
        return _("Your service may be isolated for a time")
    return _("From %(day)s your service is isolated for a time") % {"day": date_format(day, "j F")}


def filled(body: str, values: Mapping[str, str]) -> str:
    """The text with its *(placeholders)* filled in; one that is not known stays as it is."""

    def value(found: re.Match[str]) -> str:
        known = values.get(found[1].strip())
        return "**" + _MARKDOWN.sub(r"\\\1", known) + "**" if known else found[0]

    return _PLACEHOLDER.sub(value, body)


@login_required
@require_GET
def script(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One script beside the prospect, opened."""
    user, desk = current_user(request), desk_of(Prospect.procedure_name())
    if desk is None or name not in NAMES:
        raise Http404
    case = visible_case(desk, request, pk)
    one = shown(case, name, user, opened=True, chosen=_chosen(request))
    return render(request, "caring/_script_text.html", {"one": one})


@login_required
@require_GET
def terms(request: HttpRequest, pk: int) -> HttpResponse:
    """What the offer and the day of the form ask of the customer; nothing before the payer is confirmed."""
    desk, asked = desk_of(Prospect.procedure_name()), _chosen(request)
    if desk is None:
        raise Http404
    case = visible_case(desk, request, pk)
    told = catalogue.terms_in_words(case, *asked) if asked and case.shows_debt else ""
    return HttpResponse(format_html("<span data-stays>{}</span>", told) if told else "")


def _chosen(request: HttpRequest) -> Chosen:
    return catalogue.chosen(request.GET.get("offer"), request.GET.get("promised_on"))
