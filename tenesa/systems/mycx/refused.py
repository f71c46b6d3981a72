"""What MyCX says against the data of a ticket, in words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from tenesa.systems.models import ExternalCall

FIELDS = {
    "product_id": _("Product"),
    "reporter_name": _("Reporter"),
    "reporter_phone": _("Reporter's phone"),
    "reporter_email": _("Reporter's e-mail"),
    "symptom": _("Symptom"),
    "description": _("Description"),
    "segment": _("Segment"),
}


def refused_words(call: ExternalCall) -> str:
    """The refusal of `create_ticket`: each field by the name that its form has; else what MyCX said."""
    wrong = call.answer.get("fields", {})
    return "; ".join(f"{FIELDS.get(name, name)}: {words}" for name, words in wrong.items()) or call.error_message
