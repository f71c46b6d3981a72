"""The board of the applications' states, with the form for tool trouble and a team leader's notices (X-15)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tenesa.accounts.models import Area, User
from tenesa.accounts.roles import Role
from tenesa.systems import breaker, status
from tenesa.systems.applications import BY_THE_DOCUMENT, label_of
from tenesa.systems.models import ExternalCall, Notice
from tenesa.systems.outbox import retry
from tenesa.systems.trouble import USERS, TroubleReport, report_trouble, unsolved
from tenesa.workflow.errors import Refusal
from tenesa.workflow.step import steps_of

TELLERS = (Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)
LOCAL_TIME = "%Y-%m-%dT%H:%M"
NEWEST = 20


class MomentField(forms.DateTimeField):
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL_TIME)


class TroubleForm(forms.Form):
    """A report to the IOC. A second one of the same tool is made only by somebody who saw the first."""

    tool = forms.ChoiceField(label=gettext_lazy("Application"))
    text = forms.CharField(
        label=gettext_lazy("What is wrong"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2_000
    )
    since = MomentField(label=gettext_lazy("Since"))
    affected = forms.ModelChoiceField(
        label=gettext_lazy("Affected area"), queryset=Area.objects.all(), required=False,
        empty_label=gettext_lazy("everywhere"),
    )  # fmt: skip
    another = forms.BooleanField(label=gettext_lazy("This is another trouble"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tool"].choices = [("", "—"), *status.reportable()]  # type: ignore[attr-defined]
        self.fields["since"].initial = timezone.now
        self.twins: list[TroubleReport] = []

    def clean_since(self) -> datetime:
        moment: datetime = self.cleaned_data["since"]
        if moment > timezone.now():
            raise forms.ValidationError(_("The trouble has begun already; this time is still to come."))
        return moment

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.twins = list(unsolved(cleaned["tool"])[:5]) if cleaned.get("tool") else []
        if self.twins and not cleaned.get("another"):
            words = _("%(tool)s is reported already (%(numbers)s); tick “another trouble” to report one more.")
            numbers = ", ".join(twin.reference or twin.number for twin in self.twins)
            self.add_error("another", words % {"tool": label_of(cleaned["tool"]), "numbers": numbers})
        return cleaned


class NoticeForm(forms.ModelForm[Notice]):
    system = forms.ChoiceField(label=gettext_lazy("Application"))
    until = MomentField(label=gettext_lazy("Until"))

    class Meta:
        model = Notice
        fields = ["system", "text", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["system"].choices = [("", "—"), *status.reportable()]  # type: ignore[attr-defined]

    def clean_until(self) -> datetime:
        moment: datetime = self.cleaned_data["until"]
        if moment <= timezone.now():
            raise forms.ValidationError(_("This time is over."))
        return moment


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User) or not request.user.has_role(*USERS):
        raise PermissionDenied
    return request.user


@login_required
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The page; with `part` what of it is fetched again when there is news."""
    user = _person(request)
    part = PARTS.get(request.GET.get("part", ""))
    if part is None:
        return _page(request, user)
    template, made = part
    return render(request, template, made(user))


def _health(user: User) -> dict[str, Any]:
    return {"rows": status.board(), "tells": user.has_role(*TELLERS)}


def _reports(_user: User) -> dict[str, Any]:
    reports, stuck = (
        TroubleReport.objects.select_related("reporter", "affected").order_by("-opened_at", "-pk"),
        _stuck(),
    )
    return {"reports": [(report, label_of(report.tool), report.pk in stuck) for report in reports[:NEWEST]]}


PARTS = {"health": ("systems/_health.html", _health), "reports": ("systems/_reports.html", _reports)}


def _page(request: HttpRequest, user: User, code: int = 200, **forms_: Any) -> HttpResponse:
    areas, sites = status.site_table()
    context = {
        **_health(user),
        **_reports(user),
        "trouble_form": TroubleForm(),
        "notice_form": NoticeForm(prefix="notice") if user.has_role(*TELLERS) else None,
        "areas": areas,
        "sites": sites,
        "sites_clause": BY_THE_DOCUMENT,
        "report_clause": steps_of(TroubleReport)["report"].clause,
        "sets": user.has_role(Role.ADMIN) and user.is_staff,
        **forms_,
    }
    return render(request, "systems/status.html", context, status=code)


@login_required
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    user, form = _person(request), TroubleForm(request.POST)
    if not form.is_valid():
        return _page(request, user, 422, trouble_form=form)
    asked = {name: form.cleaned_data[name] for name in ("tool", "text", "since", "affected")}
    try:
        made = report_trouble(user, **asked)
    except Refusal as refusal:
        raise PermissionDenied from refusal
    messages.success(request, _("%(number)s is on its way to the IOC; its reference comes here.") % {"number": made})
    return redirect("systems-status")


@login_required
@require_POST
def tell(request: HttpRequest) -> HttpResponse:
    """A notice by a team leader: shown here and on every case that the application applies to."""
    user = _teller(request)
    form = NoticeForm(request.POST, prefix="notice")
    if not form.is_valid():
        return _page(request, user, 422, notice_form=form)
    form.instance.author = user
    form.save()
    breaker.tell()
    return redirect("systems-status")


@login_required
@require_POST
def end_notice(request: HttpRequest, pk: int) -> HttpResponse:
    user = _teller(request)
    notice = get_object_or_404(Notice, pk=pk)
    Notice.objects.filter(pk=notice.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=user)
    breaker.tell()
    return redirect("systems-status")


@login_required
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A report that did not reach the IOC to the last try."""
    user = _person(request)
    report = get_object_or_404(TroubleReport, pk=pk)
    for call in calls_of(report).filter(status=ExternalCall.Status.DEAD):
        retry(call.pk, user)
    return redirect("systems-status")


def calls_of(report: TroubleReport) -> QuerySet[ExternalCall]:
    return ExternalCall.objects.filter(procedure=report.procedure_name(), case_id=report.pk)


def _stuck() -> set[int]:
    """Reports whose call is dead."""
    dead = ExternalCall.objects.filter(
        procedure=TroubleReport.procedure_name(), system="ioc", status=ExternalCall.Status.DEAD
    )
    return set(dead.order_by("-created_at").values_list("case_id", flat=True)[:NEWEST])


def _teller(request: HttpRequest) -> User:
    user = _person(request)
    if not user.has_role(*TELLERS):
        raise PermissionDenied
    return user
