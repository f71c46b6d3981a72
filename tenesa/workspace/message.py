"""Form of a step that writes a mail in a person's own words to the customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.knowledge import snippets
from tenesa.mail import markdown
from tenesa.mail.compose import attachment_limit
from tenesa.mail.files import picture_type
from tenesa.mail.names import cut
from tenesa.mail.outbox import LONGEST_NAME
from tenesa.mail.recipient_form import RecipientForm

MEGABYTE = 1_000_000
SCHEDULE_UP_TO = timedelta(days=30)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once, refused together when they are larger than a mail may be."""

    widget = FilesInput
    too_large = gettext_lazy(
        "The attachments have %(total)s MB together; a mail may carry %(limit)s MB. Nothing was sent."
    )

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        items = data if isinstance(data, list | tuple) else [data] if data else []
        files = [super(FilesField, self).clean(item, initial) for item in items]
        check_size(files, self.too_large)
        return files


def check_size(files: Sequence[UploadedFile[Any]], refusal: Any = FilesField.too_large) -> None:
    """Refuse, before anything is sent, what mail servers would refuse afterwards."""
    total, limit = sum(file.size or 0 for file in files), attachment_limit()
    if total > limit:
        words = {"total": f"{total / MEGABYTE:.1f}", "limit": f"{limit / MEGABYTE:.1f}"}
        raise forms.ValidationError(refusal % words)


class MessageForm(RecipientForm):
    """A mail to the customer: the writer's words between the greeting and the closing of `template`."""

    template = "reply"
    left_out: Sequence[str] = ("message", "formatted", "attachments", "to", "cc")
    formatted = forms.BooleanField(
        label=gettext_lazy("Formatted (the message is Markdown)"), required=False, widget=forms.HiddenInput
    )
    message = forms.CharField(
        label=gettext_lazy("Message"), widget=forms.Textarea(attrs={"rows": 7}), max_length=20_000, strip=True
    )
    attachments = FilesField(label=gettext_lazy("Attachments"), required=False)

    def clean_message(self) -> str:
        """A snippet's placeholder that nobody filled must not reach the customer."""
        message: str = self.cleaned_data["message"]
        formatted = self.cleaned_data.get("formatted")
        if left := snippets.left_open(markdown.text(message) if formatted else message):
            names = ", ".join(f"{{{name}}}" for name in left)
            raise forms.ValidationError(_("Still to be filled in: %(names)s") % {"names": names})
        if formatted and (wrong := markdown.refusals(message)):
            raise forms.ValidationError(wrong)
        return message

    def clean(self) -> dict[str, Any]:
        """Every picture that stands in the text has come with it, and is one: else the mail would show a hole."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("formatted") and "attachments" in cleaned:
            files = {cut(file.name or "", LONGEST_NAME): file for file in cleaned["attachments"]}
            for name in markdown.picture_names(cleaned.get("message") or ""):
                if name not in files:
                    words = _("The picture “%(name)s” is not attached. Put it in again, or take it out of the text.")
                    self.add_error("message", words % {"name": name})
                elif not picture_type(_beginning(files[name])):
                    words = _("“%(name)s” is no picture that can stand in a mail: PNG, JPEG, GIF or WebP.")
                    self.add_error("message", words % {"name": name})
        return cleaned

    @property
    def editable_html(self) -> str:
        """What the editor of the composer begins with: a formatted message; else nothing."""
        formatted = self.fields["formatted"].to_python(self["formatted"].value())
        return markdown.editable_html(str(self["message"].value() or "")) if formatted else ""


def _beginning(file: UploadedFile[Any]) -> bytes:
    file.seek(0)
    content: bytes = file.read(16)
    file.seek(0)
    return content


class LaterMessageForm(MessageForm):
    """A mail that may leave at a later hour; for procedures that can send it at once or cancel it meanwhile."""

    send_at = forms.DateTimeField(
        label=gettext_lazy("Send at"),
        required=False,
        help_text=gettext_lazy("empty: now"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_send_at(self) -> datetime | None:
        moment: datetime | None = self.cleaned_data["send_at"]
        if moment is None:
            return None
        if moment <= timezone.now():
            raise forms.ValidationError(_("This time is over; leave the field empty to send now."))
        if moment > timezone.now() + SCHEDULE_UP_TO:
            raise forms.ValidationError(_("A mail can be scheduled for the next 30 days."))
        return moment
