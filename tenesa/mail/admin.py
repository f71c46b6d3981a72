"""The administrator's pages: mailboxes and the texts of customer mails."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Max
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from tenesa.mail import placeholders, templating
from tenesa.mail.models import Mailbox, MailFolder, MailTemplate
from tenesa.mail.titles import title_of
from tenesa.workflow.admin_filters import narrowed_by

_SECRETS = {
    "password": _("password"),
    "oauth_client_secret": _("OAuth2 client secret"),
    "oauth_refresh_token": _("OAuth2 refresh token"),
}


def _secret(name: str) -> forms.CharField:
    return forms.CharField(
        label=_SECRETS[name],
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Left empty, the stored one stays."),
    )


class MailboxForm(forms.ModelForm[Mailbox]):
    """Secrets are never sent to the browser."""

    password = _secret("password")
    oauth_client_secret = _secret("oauth_client_secret")
    oauth_refresh_token = _secret("oauth_refresh_token")

    class Meta:
        model = Mailbox
        fields = [
            *("address", "name", "desk", "area", "procedure", "active", "auto_acknowledge"),
            *("protocol", "imap_host", "imap_port", "imap_ssl", "username", "sign_in", "password"),
            *("oauth_client_id", "oauth_client_secret", "oauth_refresh_token", "oauth_token_url"),
            *("sent_folder", "server_keeps_sent", "smtp_url"),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in _SECRETS:
            cleaned[name] = cleaned.get(name) or getattr(self.instance, name)
        if {"oauth_client_id", "oauth_refresh_token"} & set(self.changed_data):
            self.instance.oauth_valid_until = None  # the token at hand belongs to the former sign-in
        return cleaned


class FolderInline(admin.TabularInline[MailFolder, Mailbox]):
    model = MailFolder
    fields = ["name", "active", "move_to", "polled_at", "last_error"]
    readonly_fields = ["polled_at", "last_error"]
    extra = 0


@admin.register(Mailbox)
class MailboxAdmin(admin.ModelAdmin[Mailbox]):
    form = MailboxForm
    inlines = [FolderInline]
    list_display = ["address", "desk", "area", "protocol", "active", "polled_at", "last_error"]
    list_filter = ["active", "desk"]

    def has_delete_permission(self, request: HttpRequest, obj: Mailbox | None = None) -> bool:
        """No: one that is no longer read is made inactive; Django would name its mails as what is in the way."""
        return False


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
        field.choices = _mails()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"name", "subject", "body"} <= cleaned.keys():
            known = templating.known_placeholders(cleaned["name"])
            used = templating.used(cleaned["subject"] + cleaned["body"])
            if unknown := sorted(used - known):
                names = ", ".join(f"{{{name}}}" for name in unknown)
                self.add_error("body", _("Nobody fills %(names)s in this mail.") % {"names": names})
        return cleaned


def _as_written(text: str) -> str:
    return format_html("<pre>{}</pre>", text)


def _mails() -> list[tuple[str, str]]:
    return sorted(((name, title_of(name)) for name in templating.names()), key=lambda one: one[1])


@admin.register(MailTemplate)
class MailTemplateAdmin(admin.ModelAdmin[MailTemplate]):
    """Versions are never changed or deleted: what a customer was sent stays explainable."""

    form = MailTemplateForm
    list_display = ["title", "version", "subject", "created_by", "created_at", "note"]
    list_filter = [narrowed_by("name", _("mail"), _mails)]
    readonly_fields = ["version", "created_by", "created_at", "difference", "preview", "places"]

    @admin.display(description=_("mail template"), ordering="name")
    def title(self, obj: MailTemplate) -> str:
        return title_of(obj.name)

    @admin.display(description=_("changes"))
    def difference(self, obj: MailTemplate) -> str:
        return _as_written(placeholders.difference(obj)) if obj.pk else "–"

    @admin.display(description=_("preview"))
    def preview(self, obj: MailTemplate) -> str:
        return _as_written(placeholders.preview(obj)) if obj.pk else "–"

    @admin.display(description=_("placeholders"))
    def places(self, obj: MailTemplate) -> str:
        """What may stand in this mail; before it is chosen, what may stand in every one."""
        known = templating.known_placeholders(obj.name) if obj.pk else set(templating.COMMON)
        rows = placeholders.explained(known)
        return format_html("<dl>{}</dl>", format_html_join("", "<dt><code>{}</code></dt><dd>{}</dd>", rows))

    def save_model(self, request: HttpRequest, obj: MailTemplate, form: Any, change: bool) -> None:
        newest = MailTemplate.objects.filter(name=obj.name).aggregate(newest=Max("version"))["newest"] or 0
        obj.version = newest + 1
        obj.created_by_id = int(request.user.pk or 0)
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: MailTemplate | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MailTemplate | None = None) -> bool:
        return False
