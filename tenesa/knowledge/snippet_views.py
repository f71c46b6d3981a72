"""The page of the snippets: everybody's own, and the desk's for those who keep them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenesa.accounts.models import Desk, User
from tenesa.knowledge import snippets
from tenesa.knowledge.models import Snippet
from tenesa.mail import placeholders, templating
from tenesa.ui.views import current_user

OWN = "own"


class SnippetForm(forms.ModelForm[Snippet]):
    place = forms.ChoiceField(label=gettext_lazy("For"))

    class Meta:
        model = Snippet
        fields = ["shortcut", "title", "language", "body"]
        widgets = {"body": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        kept = Desk.objects.filter(pk__in=snippets.desks_kept_by(user))
        choices = [(OWN, _("only me")), *((desk.pk, str(desk)) for desk in kept)]
        self.fields["place"].choices = choices  # type: ignore[attr-defined]
        self.fields["place"].initial = self.instance.desk_id or OWN

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if unknown := sorted(templating.used(body) - snippets.PLACES):
            names = ", ".join(f"{{{name}}}" for name in unknown)
            raise forms.ValidationError(_("Nobody fills %(names)s in this mail.") % {"names": names})
        return body

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        place = cleaned.get("place", OWN)
        self.instance.desk_id = None if place == OWN else place
        self.instance.owner = self.user if place == OWN else None
        same = Snippet.objects.filter(desk=self.instance.desk_id, owner=self.instance.owner)
        if same.filter(shortcut=cleaned.get("shortcut")).exclude(pk=self.instance.pk).exists():
            self.add_error("shortcut", _("This shortcut is taken."))
        return cleaned


@login_required
@require_GET
def shelf(request: HttpRequest) -> HttpResponse:
    user = current_user(request)
    words = request.GET.get("q", "").strip()[:60]
    rows = snippets.of(user).select_related("desk")
    for word in words.casefold().split():
        rows = rows.filter(Q(body__icontains=word) | Q(title__icontains=word) | Q(shortcut__icontains=word))
    shown = [
        (row, snippets.may_change(user, row), placeholders.explained(templating.used(row.body)))
        for row in rows[: snippets.SHOWN]
    ]
    return render(request, "knowledge/snippets.html", {"rows": shown, "words": words})


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    user = current_user(request)
    snippet = _changeable(request, pk) if pk else Snippet()
    form = SnippetForm(request.POST or None, instance=snippet, user=user)
    if request.method == "POST" and form.is_valid():
        form.instance.changed_by = user
        form.save()
        messages.success(request, _("Snippet saved: ;%(shortcut)s") % {"shortcut": form.instance.shortcut})
        return redirect("knowledge:snippets")
    places = placeholders.explained(set(snippets.PLACES))
    status = 422 if form.errors else 200
    return render(request, "knowledge/snippet.html", {"form": form, "places": places}, status=status)


@login_required
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    snippet = _changeable(request, pk)
    messages.success(request, _("Snippet removed: ;%(shortcut)s") % {"shortcut": snippet.shortcut})
    snippet.delete()
    return redirect("knowledge:snippets")


def _changeable(request: HttpRequest, pk: int) -> Snippet:
    snippet = get_object_or_404(snippets.of(current_user(request)), pk=pk)
    if not snippets.may_change(current_user(request), snippet):
        raise PermissionDenied(_("A desk's snippets are kept by its leaders."))
    return snippet
