"""The books of the mail platform for those who answer for it: the ledger, and mails that ended without a case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_http_methods

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail import ledger, quarantine
from tenesa.mail.models import InboundMail, LedgerDay, MailFolder
from tenesa.mail.nudge import nudge
from tenesa.workflow import keyset
from tenesa.workflow.compiled import COUNT_UP_TO
from tenesa.workflow.procedures import unread

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Status = InboundMail.Status
PAGE = 40
BEGINNING = 240  # letters of a mail's text that a list shows


def _decider(request: HttpRequest, *others: Role) -> User:
    if not isinstance(request.user, User) or not request.user.has_role(*quarantine.DECIDERS, *others):
        raise PermissionDenied
    return request.user


@login_required
@require_http_methods(["GET", "POST"])
def ledger_page(request: HttpRequest) -> HttpResponse:
    """What the last check counted; asking the servers again is a worker's task."""
    user = _decider(request, Role.ADMIN)
    boxes = quarantine.mailboxes_of(user)
    if request.method == "POST":
        nudge("check_ledger")
        messages.success(request, _("The mail servers are being asked; the page shows the answer in a moment."))
        return redirect("mail:ledger")
    days = list(LedgerDay.objects.filter(mailbox__in=boxes).select_related("mailbox")[:500])
    folders = MailFolder.objects.filter(mailbox__in=boxes, active=True).select_related("mailbox")
    context = {
        "days": days,
        "alarms": [day for day in days if day.difference or day.missing],
        "silent": [folder for folder in folders if folder.last_error],
        "checked_at": max((day.checked_at for day in days), default=None),
        "tabs": tabs_of(user),
    }
    return render(request, "mail/ledger.html", context)


@dataclass(frozen=True)
class Shelf:
    """A page of mails that ended without a case, in words; what waits for a person comes oldest first."""

    name: str
    status: InboundMail.Status
    title: _StrOrPromise
    says: _StrOrPromise
    empty: _StrOrPromise

    @property
    def url(self) -> str:
        return reverse(f"mail:{self.name}")

    @property
    def waits(self) -> bool:
        return self.status == Status.QUARANTINED


SHELVES = (
    Shelf(
        "quarantine", Status.QUARANTINED, _l("Quarantine"),
        _l("Mails that could not be filed. Nothing of them is lost; a person decides."),
        _l("Every mail found its case."),
    ),
    Shelf(
        "ignored", Status.IGNORED, _l("Ignored"),
        _l("Mails of machines that concern no case. If a person wrote one, make a case of it."),
        _l("No machine wrote that concerns no case."),
    ),
    Shelf(
        "duplicates", Status.DUPLICATE, _l("Duplicates"),
        _l("Mails that say the same as one that is filed. If one is another matter, make a case of it."),
        _l("No mail came twice."),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Tab:
    """One of the mail books with what it counts: what waits for a person, or what was put aside today."""

    label: _StrOrPromise
    url: str
    count: int
    waits: bool


def tabs_of(user: User) -> list[Tab]:
    """The mail books that this person may open; a leader's begin with the quarantine."""
    tabs = []
    if user.has_role(*quarantine.DECIDERS):
        for shelf in SHELVES:
            mails = quarantine.waiting(user) if shelf.waits else quarantine.set_aside_today(user, shelf.status)
            tabs.append(Tab(shelf.title, shelf.url, mails[:COUNT_UP_TO].count(), shelf.waits))
    if user.has_role(*quarantine.DECIDERS, Role.ADMIN):
        missing = ledger.missing(quarantine.mailboxes_of(user))
        tabs.append(Tab(_("Mail ledger"), reverse("mail:ledger"), missing, waits=True))
    return tabs


@login_required
@require_http_methods(["GET", "POST"])
def shelf_page(request: HttpRequest, status: InboundMail.Status) -> HttpResponse:
    """One shelf; `after` is the last number of the page before. POST tries all of a reason again."""
    user, shelf = _decider(request), _shelf(status)
    if request.method == "POST" and shelf.waits:
        number = quarantine.try_all_again(user, request.POST.get("reason", ""))
        messages.success(request, _("%(n)d mails are being filed again.") % {"n": number})
        return redirect("mail:quarantine")
    held, after = quarantine.without_case(user, status), request.GET.get("after", "")
    if after:
        behind = keyset.number_of(after)
        held = held.filter(pk__gt=behind) if shelf.waits else held.filter(pk__lt=behind)
    held = held.annotate(begins=Left("text", BEGINNING)).order_by("pk" if shelf.waits else "-pk")
    mails = list(held.defer("text", "html", "blob__data")[: PAGE + 1])
    context = {
        "shelf": shelf,
        "tabs": tabs_of(user),
        "mails": mails[:PAGE],
        "more": mails[PAGE - 1].pk if len(mails) > PAGE else None,
        "after": after,
        "shared": quarantine.shared_reasons(user) if shelf.waits else [],
    }
    return render(request, "mail/_shelf.html" if request.htmx else "mail/shelf.html", context)  # type: ignore[attr-defined]


def _shelf(status: str) -> Shelf:
    return next(shelf for shelf in SHELVES if shelf.status == status)


@login_required
@require_http_methods(["GET", "POST"])
def quarantined(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail without a case: its bytes as they came, why it has none, and the decision."""
    user = _decider(request)
    mail = get_object_or_404(quarantine.without_case(user), pk=pk)
    if request.method == "POST":
        return _decided(request, mail, user)
    start = mail.blob.content[: quarantine.SHOWN].decode("utf-8", "replace").replace("\0", "␀")
    shelf, cut = _shelf(mail.status), mail.blob.size > quarantine.SHOWN
    context = {"mail": mail, "shelf": shelf, "start": start, "cut": cut, "tabs": tabs_of(user)}
    return render(request, "mail/quarantined.html", context)


def _decided(request: HttpRequest, mail: InboundMail, user: User) -> HttpResponse:
    what = request.POST.get("what", "")
    try:
        if what == "retry":
            quarantine.try_again(mail, user)
            messages.success(request, _("It is being filed again."))
        elif what == "ignore":
            quarantine.ignore(mail, user, request.POST.get("why", ""))
            messages.success(request, _("Put aside. Its bytes stay in the ledger."))
        elif what in {"new", "into"}:
            if what == "into" and not request.POST.get("number", "").strip():
                raise quarantine.NotPossible(_("Which case?"))
            filed = quarantine.file_by_hand(mail, user, request.POST.get("number", "") if what == "into" else "")
            messages.success(request, _filed_in(filed))
    except quarantine.NotPossible as refusal:
        messages.error(request, str(refusal))
        still = quarantine.without_case(user).filter(pk=mail.pk).exists()
        if not still:
            return redirect(f"mail:{_shelf(mail.status).name}")
        typed = urlencode({"number": request.POST.get("number", "")[:40]})
        return redirect(f"{reverse('mail:quarantined', args=[mail.pk])}?{typed}")
    return redirect(f"mail:{_shelf(mail.status).name}")


def _filed_in(mail: InboundMail) -> str:
    """The case that has the mail now, with the way to it."""
    case = unread(mail.procedure, mail.case_id)
    if case is None:
        return _("Filed.")
    link = format_html('<a class="link num" href="{}">{}</a>', case.get_absolute_url(), case.number)
    return format_html(_("Filed in %(number)s.") % {"number": "{}"}, link)


@login_required
@require_GET
def raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they came, as a download that no browser interprets."""
    mail = get_object_or_404(quarantine.without_case(_decider(request)), pk=pk)
    response = HttpResponse(mail.blob.content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="surel-{mail.pk}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
