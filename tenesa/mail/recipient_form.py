"""To and Cc of a step that writes to the customer: derived, shown, changed (page and REST alike)."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenesa.mail.address import Unsendable, normal, sendable
from tenesa.mail.recipients import MOST, Conversation, own_addresses
from tenesa.workflow.step import StepForm

_NAME = re.compile(r'(?:"[^"]*"|[^,;<>"]*)<([^<>]*)>')  # "Sari <sari@grosir.example>" as mail programs copy it
_ADDRESS = re.compile(r'(?:"[^"]*"|[^\s,;"])+')
_LONGEST = 20_000


def addresses_in(value: object) -> list[str]:
    """What is written in a field, split and not yet judged; also the list that a REST client gives."""
    if isinstance(value, list | tuple):
        return [one.strip() for one in value if isinstance(one, str) and one.strip()]
    return _ADDRESS.findall(_NAME.sub(r" \1 ", value[:_LONGEST])) if isinstance(value, str) else []


class AddressesField(forms.Field):
    """Mail addresses in one line, or a list of them; each once, in its stored spelling."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "email"})

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:
        listed = isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
        if value is not None and not listed and not isinstance(value, str):
            raise forms.ValidationError(_("Addresses are text, or a list of texts."))
        if isinstance(value, str) and len(value) > _LONGEST:
            raise forms.ValidationError(_("A mail goes to %(n)d addresses at most.") % {"n": MOST})
        try:
            return list(dict.fromkeys(normal(one) for one in addresses_in(value) if sendable(one)))
        except Unsendable as error:
            raise forms.ValidationError(str(error)) from error


class RecipientForm(StepForm):
    """A form whose `conversation` says whom a mail goes to where nobody says otherwise.

    Who gives `to` alone names everybody: then nobody gets a copy.
    """

    to = AddressesField(label=gettext_lazy("To"), required=False)
    cc = AddressesField(label=gettext_lazy("Cc"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].initial = lambda: list(self.conversation.recipients.to)
        self.fields["cc"].initial = lambda: list(self.conversation.recipients.cc)

    @property
    def conversation(self) -> Conversation:
        found: Conversation = self.case.conversation
        return found

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "to" not in self.data and "to" in cleaned:
            cleaned["to"] = list(self.conversation.recipients.to)
            if "cc" not in self.data:
                cleaned["cc"] = list(self.conversation.recipients.cc)
        if "to" in cleaned and not cleaned["to"]:
            self.add_error("to", self.nobody or _("A mail needs somebody to go to."))
        to = cleaned.get("to") or []
        cleaned["cc"] = [one for one in cleaned.get("cc") or [] if one not in to]
        if ours := own_addresses().intersection([*to, *cleaned["cc"]]):
            words = _("%(address)s is our own mailbox: the mail would come back to us.")
            self.add_error("to", words % {"address": ", ".join(sorted(ours))})
        if len(to) + len(cleaned["cc"]) > MOST:
            self.add_error("cc", _("A mail goes to %(n)d addresses at most.") % {"n": MOST})
        return cleaned

    # --- what the composer shows -------------------------------------------------------------------------------------
    @property
    def nobody(self) -> str:
        """Said before anything is written: no mail of the case can be answered."""
        if self.conversation.recipients.to:
            return ""
        return _(
            "No mail of this case names an address that can be answered. Enter one, or tell the customer by phone."
        )

    @property
    def shown(self) -> list[str]:
        """The addresses that stand in both fields now, right or wrong."""
        return [normal(one) for name in ("to", "cc") for one in addresses_in(self[name].value() or "")]

    @property
    def warnings(self) -> list[str]:
        """What the writer may have overlooked: a domain that is new here, and who wrote last and gets nothing."""
        shown, said = self.shown, []
        if strange := self.conversation.strange_domains(one for one in shown if "@" in one):
            said.append(_("New in this case: %(domains)s. Nobody here has used it.") % {"domains": ", ".join(strange)})
        missing = [one for one in self.conversation.recipients.to if one not in shown]
        if shown and missing:
            said.append(_("%(address)s wrote last and does not get this mail.") % {"address": ", ".join(missing)})
        return said

    @property
    def offered(self) -> list[str]:
        """Others of the conversation, also of the cases that were merged into this one."""
        others = dict.fromkeys([*self.conversation.recipients, *self.conversation.parties])
        return [one for one in others if one not in self.shown][:12]

    @property
    def everybody(self) -> dict[str, str]:
        """The two usual choices, as the fields hold them."""
        found = self.conversation.recipients
        return {"to": ", ".join(found.to), "cc": ", ".join(found.cc)}
