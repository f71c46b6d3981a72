"""Samples of 147 calls: drawing one, and the shares that they show (W-26 4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tenesa.ui.views import current_user
from tenesa.workflow.errors import Refusal
from vvip.audits import samples
from vvip.audits.columns import READERS

SIZE, DAYS = 10, 7


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DrawForm(forms.Form):
    first = forms.DateField(label=gettext_lazy("From"), widget=_day())
    last = forms.DateField(label=gettext_lazy("Until"), widget=_day())
    size = forms.IntegerField(label=gettext_lazy("Calls of each path"), min_value=1, max_value=samples.MOST)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and cleaned["last"] < cleaned["first"]:
            self.add_error("last", _("This day lies before the first."))
        return cleaned


@login_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The last samples with their shares; whoever leads the desk draws another."""
    user = current_user(request)
    if not user.has_role(*READERS):
        raise Http404
    today = timezone.localdate()
    initial = {"first": today - timedelta(days=DAYS), "last": today, "size": SIZE}
    form, refusal = DrawForm(initial=initial), ""
    if request.method == "POST":
        form = DrawForm(request.POST)
        if form.is_valid():
            try:
                sample = samples.draw(user, **form.cleaned_data)
            except Refusal as refused:
                refusal = str(refused)
            else:
                drawn = sum(told["drawn"] for told in sample.strata.values())
                messages.success(
                    request, _("%(n)d calls were drawn by seed %(seed)d.") % {"n": drawn, "seed": sample.seed}
                )
                return redirect("samples")
    found, may_draw = samples.recent(user), samples.may_draw(user)
    context = {"form": form, "refusal": refusal, "may_draw": may_draw, "found": found}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "vvip/samples.html", context, status=status)
