"""The leaders' page of offers: what holds, what waits for approval, and the next version."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from caring.offers import catalogue, publishing
from caring.offers.kinds import Kind
from caring.offers.models import Offer, OfferVersion
from tenesa.rupiah import in_rupiah
from tenesa.ui.views import current_user
from tenesa.workflow.errors import NotYourStep, Refusal

SHOWN = 60  # versions, newest first


class VersionForm(forms.ModelForm[OfferVersion]):
    """The terms of the next version of an offer. What makes no sense is refused in words, as the database would."""

    class Meta:
        model = OfferVersion
        fields = [
            "offer", "kind", "percent", "paid", "free", "parts", "days_between", "limit", "longest_days", "channel",
            "valid_from", "valid_until", "note",
        ]  # fmt: skip
        labels: ClassVar = {"offer": gettext_lazy("Offer")}
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("valid_from", "valid_until")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["offer"].empty_label = gettext_lazy("choose")
        fields["kind"].choices = [("", gettext_lazy("choose")), *Kind.choices]
        fields["note"].required = True
        fields["note"].error_messages["required"] = gettext_lazy("Say what was changed and why.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        kind = cleaned.get("kind")
        if kind == Kind.DISCOUNT and not 5 <= cleaned.get("percent", 0) <= 10:
            self.add_error("percent", _("A discount is from 5 to 10 percent."))
        if kind == Kind.PREPAID and not (cleaned.get("paid") and cleaned.get("free")):
            self.add_error("paid", _("Say how many months are paid and how many are free."))
        if kind == Kind.SPLIT and not 2 <= cleaned.get("parts", 0) <= 6:
            self.add_error("parts", _("There are 2 to 6 instalments."))
        return cleaned


@login_required
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The versions, newest first, and the form of the next one."""
    user = current_user(request)
    if not user.has_role(*publishing.LEADERS):
        raise Http404
    form = VersionForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        terms = dict(form.cleaned_data)
        offer: Offer = terms.pop("offer")
        version = publishing.draft(offer, user, **terms)
        messages.success(request, _("%(version)s waits for another person.") % {"version": version})
        return redirect("caring-offers")
    return _shown(request, form)


@login_required
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a version that somebody else wrote."""
    user = current_user(request)
    try:
        version = publishing.approve(get_object_or_404(OfferVersion, pk=pk), user)
    except NotYourStep:
        raise Http404 from None
    except Refusal as refusal:
        return _shown(request, VersionForm(initial={"valid_from": timezone.localdate()}), str(refusal), refusal.status)
    messages.success(request, _("%(version)s is published.") % {"version": version})
    return redirect("caring-offers")


def _shown(request: HttpRequest, form: VersionForm, refusal: str = "", status: int = 200) -> HttpResponse:
    versions = OfferVersion.objects.select_related("offer", "by", "approved_by").order_by("-at", "-pk")[:SHOWN]
    holding = set(catalogue.holding().values_list("pk", flat=True))
    user = current_user(request)
    rows = [
        {
            "version": one, "holds": one.pk in holding, "mine": one.by_id == user.pk,
            "limit": "—" if one.limit is None else in_rupiah(one.limit),
        }
        for one in versions
    ]  # fmt: skip
    context = {"form": form, "refusal": refusal, "rows": rows}
    return render(request, "caring/offers.html", context, status=422 if form.errors else status)
