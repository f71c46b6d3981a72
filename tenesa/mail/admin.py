"""The administrator's pages: mailboxes and the texts of customer mails."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Max
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenesa.mail import templating
from tenesa.mail.models import Mailbox, MailTemplate


class MailboxForm(forms.ModelForm[Mailbox]):
    password = forms.CharField(
        label=_("password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Left empty, the stored password stays."),
    )

    class Meta:
        model = Mailbox
        fields = [
            *("address", "name", "desk", "area", "procedure", "active", "auto_acknowledge"),
            *("imap_host", "imap_port", "imap_ssl", "username", "password", "folder", "sent_folder"),
            *("server_keeps_sent", "smtp_url"),
        ]

    def clean_password(self) -> str:
        return self.cleaned_data["password"] or self.instance.password


@admin.register(Mailbox)
class MailboxAdmin(admin.ModelAdmin[Mailbox]):
    form = MailboxForm
    list_display = ["address", "desk", "area", "active", "polled_at", "last_error"]
    list_filter = ["active", "desk"]
    readonly_fields = ["polled_at", "last_error"]


class MailTemplateForm(forms.ModelForm[MailTemplate]):
    """Saving makes a new version; the placeholders that the shipped text uses are the ones a step can fill."""

    name = forms.ChoiceField(label=_("name"))

    class Meta:
        model = MailTemplate
        fields = ["name", "subject", "body", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["name"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [(name, name) for name in templating.names()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"name", "subject", "body"} <= cleaned.keys():
            known = templating.known_placeholders(cleaned["name"])
            used = templating.used(cleaned["subject"] + cleaned["body"])
            if unknown := sorted(used - known):
                names = ", ".join(f"{{{name}}}" for name in unknown)
                self.add_error("body", _("Nobody fills %(names)s in this mail.") % {"names": names})
        return cleaned


@admin.register(MailTemplate)
class MailTemplateAdmin(admin.ModelAdmin[MailTemplate]):
    """Versions are never changed or deleted: what a customer was sent stays explainable."""

    form = MailTemplateForm
    list_display = ["name", "version", "subject", "created_by", "created_at", "note"]
    list_filter = ["name"]

    def save_model(self, request: HttpRequest, obj: MailTemplate, form: Any, change: bool) -> None:
        newest = MailTemplate.objects.filter(name=obj.name).aggregate(newest=Max("version"))["newest"] or 0
        obj.version = newest + 1
        obj.created_by_id = int(request.user.pk or 0)
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: MailTemplate | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MailTemplate | None = None) -> bool:
        return False
