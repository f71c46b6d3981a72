"""The books of the mail platform for those who answer for it: ledger and quarantine."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail import quarantine
from tenesa.mail.models import InboundMail, LedgerDay, MailFolder
from tenesa.mail.nudge import nudge
from tenesa.workflow import keyset

PAGE = 40


def _decider(request: HttpRequest, *others: Role) -> User:
    if not isinstance(request.user, User) or not request.user.has_role(*quarantine.DECIDERS, *others):
        raise PermissionDenied
    return request.user


@login_required
@require_http_methods(["GET", "POST"])
def ledger_page(request: HttpRequest) -> HttpResponse:
    """What the last check counted; asking the servers again is a worker's task."""
    boxes = quarantine.mailboxes_of(_decider(request, Role.ADMIN))
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
    }
    return render(request, "mail/ledger.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def quarantine_page(request: HttpRequest) -> HttpResponse:
    """What waits, oldest first; `after` is the last number of the page before. POST tries all of a reason again."""
    user = _decider(request)
    if request.method == "POST":
        number = quarantine.try_all_again(user, request.POST.get("reason", ""))
        messages.success(request, _("%(n)d mails are being filed again.") % {"n": number})
        return redirect("mail:quarantine")
    held = quarantine.waiting(user)
    if after := request.GET.get("after", ""):
        held = held.filter(pk__gt=keyset.number_of(after))
    mails = list(held.defer("text", "html", "blob__data")[: PAGE + 1])
    more = mails[PAGE - 1].pk if len(mails) > PAGE else None
    context = {"mails": mails[:PAGE], "more": more, "after": after, "shared": quarantine.shared_reasons(user)}
    return render(request, "mail/quarantine.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def quarantined(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail: its bytes as they came, why it waits, and the decision."""
    user = _decider(request)
    mail = get_object_or_404(quarantine.waiting(user), pk=pk)
    if request.method == "POST":
        return _decided(request, mail, user)
    start = mail.blob.content[: quarantine.SHOWN].decode("utf-8", "replace").replace("\0", "␀")
    context = {"mail": mail, "start": start, "cut": mail.blob.size > quarantine.SHOWN}
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
            quarantine.file_by_hand(mail, user, request.POST.get("number", "") if what == "into" else "")
            messages.success(request, _("Filed."))
    except quarantine.NotPossible as refusal:
        messages.error(request, str(refusal))
        return redirect("mail:quarantined", pk=mail.pk)
    return redirect("mail:quarantine")


@login_required
@require_GET
def raw(request: HttpRequest, pk: int) -> HttpResponse:
    """The bytes as they came, as a download that no browser interprets."""
    mail = get_object_or_404(quarantine.waiting(_decider(request)), pk=pk)
    response = HttpResponse(mail.blob.content, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="surel-{mail.pk}.eml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
