"""Forms of the script pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.knowledge import threats
from tenesa.knowledge.models import Script
from tenesa.knowledge.scripts import LEADERS, TOP, canonical

READ_BY = [
    Role.AGENT_147, Role.AGENT_TIER2, Role.AGENT_EMAIL, Role.AGENT_CARING, Role.TEAM_LEADER, Role.SUPERVISOR,
]  # fmt: skip


class DraftForm(forms.Form):
    """A text of a script. `script` is None for a new one, which also needs its place and its readers."""

    path = forms.CharField(
        label=gettext_lazy("Place"), max_length=190,
        help_text=gettext_lazy("As in My Kiss, divided by “/”: Script Handling 147/Way Out"),
    )  # fmt: skip
    readers = forms.MultipleChoiceField(
        label=gettext_lazy("Read aloud by"), choices=[(role.value, role.label) for role in READ_BY],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 22}),
        help_text=gettext_lazy("Markdown; what is said to the customer begins with “>”."),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("What was changed and why"), max_length=200)
    material = forms.BooleanField(
        label=gettext_lazy("Material change: every agent reads it and confirms"), required=False, initial=True
    )

    def __init__(self, *args: Any, script: Script | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.script_readers = script.readers if script is not None else []
        if script is not None:
            del self.fields["path"], self.fields["readers"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text = f"{cleaned.get('title', '')}\n{cleaned.get('body', '')}"
        if words := threats.refused_for(text, cleaned.get("readers") or self.script_readers):
            self.add_error("body", words)
        return cleaned

    def clean_path(self) -> str:
        path = canonical(self.cleaned_data["path"])
        if not path.removeprefix(TOP):
            raise forms.ValidationError(_("Name the script after its folders."))
        if Script.objects.filter(path=path).exists():
            raise forms.ValidationError(_("A script stands at this place already."))
        return path


class DecisionForm(forms.Form):
    """Approve a draft, or send it back with a reason."""

    material = forms.BooleanField(
        label=gettext_lazy("Material change: every agent reads it and confirms"), required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, if it goes back"), max_length=400, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    decision = forms.ChoiceField(choices=[("approve", ""), ("back", "")], widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.has_role(*LEADERS):
            del self.fields["material"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "back" and not cleaned.get("reason"):
            self.add_error("reason", _("Say why, so that the author can do better."))
        return cleaned


class ReadersForm(forms.Form):
    readers = forms.MultipleChoiceField(
        label=gettext_lazy("Read aloud by"), choices=[(role.value, role.label) for role in READ_BY], required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
