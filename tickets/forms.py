"""The inputs of the steps: one class serves the page and REST. Field names are the bodies' parameters."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.customers import Customer
from segmentation.lookup import only_customer
from segmentation.mixed_segments import mixed_segments, segments_of
from segmentation.segments import INCIDENT, Segment, product_of
from segmentation.tools import SYSTEMS, reads_of
from tenesa.mail.compose import attachment_limit
from tenesa.systems.applications import label_of
from tenesa.systems.sites import missing_at, sites_of
from tenesa.workflow.fields import Numbered
from tenesa.workflow.step import NeededWhen, StepForm
from tenesa.workspace import message, ownership
from tenesa.workspace.mail_steps import FailedMailForm
from tenesa.workspace.message import MEGABYTE
from tenesa.workspace.ownership import REASON
from tickets import customer_words, guards, knowledge
from tickets.related_cases import related_open
from tickets.states import CheckState, Complaint, Kind, SearchType, SegmentSource, State, Symptom

if TYPE_CHECKING:
    from tickets.models import EmailCase

NONE_FITS = 196  # stands as “- (…)” in the column of the related product
PHONE = re.compile(r"\+?[\d\s().-]{6,24}")
SUBJECT_SHOWN = 80  # characters of another case's subject in a choice


def choices(kind: Any) -> list[tuple[str, Any]]:
    return [(value, label) for value, label in kind.choices if value]


def to_choose(kind: Any) -> list[tuple[str, Any]]:
    """Choices that begin with none: a person chooses, nothing is taken for chosen."""
    return [("", "—"), *choices(kind)]


class CaseForm(StepForm):
    case: EmailCase


class MessageForm(message.LaterMessageForm, CaseForm):
    """A mail to the customer of an e-mail case."""


class ClosingToo(forms.Form):
    """“Send and close”: the mail says that the case is closed, and closes it (W-05 1.3); one act, refused whole."""

    and_close = forms.BooleanField(label=gettext_lazy("Send and close"), required=False)

    @property
    def closing_words(self) -> str:
        """What the mail then says beside its own words."""
        case: EmailCase = self.case  # type: ignore[attr-defined]
        return case.closing_words()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("and_close"):
            case: EmailCase = self.case  # type: ignore[attr-defined]
            if why := guards.nothing_unsent.refuses(case, self.actor):  # type: ignore[attr-defined]
                self.add_error(None, _("Not closed, and nothing sent: %(why)s") % {"why": why})
            if cleaned.get("send_at"):
                self.add_error("send_at", _("A mail for later cannot close the case now: close when it has left."))
        return cleaned


class ReasonForm(ownership.ReasonForm, CaseForm):
    """A reason for a step of an e-mail case."""


class SegmentForm(CaseForm):
    """Segment with its evidence: what a system said, or by hand with a reason (E-03)."""

    segment = forms.ChoiceField(label=gettext_lazy("Segment"), choices=to_choose(Segment))
    source = forms.ChoiceField(label=gettext_lazy("Seen in"), choices=to_choose(SegmentSource))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON, required=False)
    needed_when = {"reason": NeededWhen(("source",), {SegmentSource.MANUAL})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.evidence: dict[str, set[str]] = {}
        for system, segment in self.case.segments_named():
            self.evidence.setdefault(system, set()).add(segment)
        named = {segment for segments in self.evidence.values() for segment in segments}
        if self.case.unit_said():
            self.fields["source"].initial = SegmentSource.MANUAL
            self.fields["reason"].initial = self.case.unit_said()
        elif not named:
            self.fields["source"].initial = SegmentSource.MANUAL
        elif len(named) == 1:
            self.fields["segment"].initial = next(iter(named))
            self.fields["source"].initial = next(iter(self.evidence))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        source, segment = cleaned.get("source"), cleaned.get("segment")
        if source == SegmentSource.MANUAL:
            if not cleaned.get("reason"):
                self.add_error("reason", _("A segment set by hand needs its reason."))
        elif source and not self.evidence.get(source):
            self.add_error("source", _("%(system)s has not named a segment for this case.") % {"system": source})
        elif source and segment and segment not in self.evidence[source]:
            said = {"system": source, "segment": ", ".join(sorted(self.evidence[source]))}
            self.add_error("segment", _("%(system)s says %(segment)s; to differ, choose “by hand”.") % said)
        return cleaned


class TriageForm(CaseForm):
    """Who the customer is, where the leader knows, and their segment."""

    customer: Any = forms.CharField(
        label=gettext_lazy("Customer"), max_length=40, required=False, strip=True,
        help_text=gettext_lazy("Customer number, internet number or telephone number"),
    )  # fmt: skip
    segment = forms.ChoiceField(label=gettext_lazy("Segment"), choices=to_choose(Segment))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.case.customer
        self.fields["customer"].initial = known.reference if known else ""
        self.fields["segment"].initial = self.case.segment or (known.segment if known else "")

    def clean_customer(self) -> Customer | None:
        """What is left empty stays as it was."""
        number = self.cleaned_data["customer"]
        return only_customer(number) if number else self.case.customer


class NeedForm(CaseForm):
    """The customer's need, old or new, and what it is about (E-07).

    Where the mail names no product the customer's services are offered, each by a number; none is chosen by itself.
    """

    service = forms.ChoiceField(label=gettext_lazy("Service of the customer"), required=False, widget=Numbered)
    kind = forms.ChoiceField(label=gettext_lazy("Need"), choices=to_choose(Kind))
    complaint = forms.ChoiceField(label=gettext_lazy("Old or new"), choices=to_choose(Complaint), required=False)
    product_ids = forms.CharField(
        label=gettext_lazy("Product ids"), max_length=300, required=False, help_text=gettext_lazy("one or more")
    )
    incident = forms.CharField(label=gettext_lazy("Ticket number"), max_length=20, required=False)
    needed_when = {"complaint": NeededWhen(("kind",), {Kind.COMPLAINT})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product_ids"].initial = ", ".join(self.case.suggested_product_ids())
        self.fields["incident"].initial = self.case.suggested_incident()
        services = self.case.services_to_choose()
        self.fields["service"].choices = [(one.product_id, one.words) for one in services]  # type: ignore[attr-defined]
        if not services:
            del self.fields["service"]
        elif services[0].why:
            words = {"service": services[0].product_id, "why": services[0].why}
            self.fields["service"].help_text = _("Suggested: %(service)s. %(why)s") % words
        kind, complaint, _why = customer_words.suggested_need(self.case)
        self.fields["kind"].initial, self.fields["complaint"].initial = kind, complaint

    def clean_product_ids(self) -> list[str]:
        return clean_product_ids(self.cleaned_data["product_ids"])

    def clean_incident(self) -> str:
        return clean_incident(self.cleaned_data["incident"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("kind") == Kind.COMPLAINT and not cleaned.get("complaint"):
            self.add_error("complaint", _("Say whether the complaint is new or asks for progress (W-05 1.2.6)."))
        if cleaned.get("kind") != Kind.COMPLAINT:
            cleaned["complaint"] = ""
        if (service := cleaned.pop("service", "")) and not cleaned.get("product_ids"):
            cleaned["product_ids"] = [service]
        if mixed := mixed_segments(cleaned.get("product_ids") or []):
            self.add_error("product_ids", mixed)
        return cleaned


def clean_product_ids(text: str) -> list[str]:
    """Split, keep order, drop repeats; every id must have a known shape."""
    ids = list(dict.fromkeys(part for part in re.split(r"[\s,;]+", text) if part))
    for product_id in ids:
        if product_of(product_id) is None:
            raise forms.ValidationError(
                _("“%(id)s” is not a product id (SID 1234567-12345678, internet 122…, telephone 021…).")
                % {"id": product_id}
            )
    return ids


def clean_incident(text: str) -> str:
    number = text.strip().upper()
    if number and not INCIDENT.fullmatch(number):
        raise forms.ValidationError(_("“%(number)s” is not a ticket number (IN12345678).") % {"number": text})
    return number


class ReferenceForm(CaseForm):
    """A reference that the agent found in the reply (E-14, E-21)."""

    product_ids = forms.CharField(label=gettext_lazy("Product ids"), max_length=300, required=False)
    incident = forms.CharField(label=gettext_lazy("Ticket number"), max_length=20, required=False)
    asks = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product_ids"].initial = ", ".join(self.case.suggested_product_ids())
        if "incident" in self.fields:
            self.fields["incident"].initial = self.case.suggested_incident()

    def clean_product_ids(self) -> list[str]:
        return clean_product_ids(self.cleaned_data["product_ids"])

    def clean_incident(self) -> str:
        return clean_incident(self.cleaned_data["incident"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not (cleaned["product_ids"] or cleaned["incident"]):
            raise forms.ValidationError(_("Enter a ticket number or a product id."))
        return cleaned


class ProductForm(ReferenceForm):
    incident = None  # type: ignore[assignment]

    def clean_incident(self) -> str:
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = CaseForm.clean(self) or self.cleaned_data
        if not self.errors and not cleaned["product_ids"]:
            raise forms.ValidationError(_("Enter a product id."))
        return cleaned


class HandOverForm(MessageForm):
    """Education for the customer, and what the receiving unit and the group are told: one act, nothing for later."""

    send_at = None  # type: ignore[assignment]
    template = "edu_forward_dcs"
    left_out = (*MessageForm.left_out, "unit_note")
    message = forms.CharField(
        label=gettext_lazy("Added to the education mail"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=20_000,
        required=False,
    )
    unit_note = forms.CharField(
        label=gettext_lazy("For the receiving unit and the group"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit_note"].initial = f"{self.case.subject}: {customer_words.described(self.case)}"[:2_000]

    def clean_send_at(self) -> None:
        return None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        forwarded = self.case.first_mail.blob.size
        if forwarded > attachment_limit():
            words = {"total": f"{forwarded / MEGABYTE:.1f}", "limit": f"{attachment_limit() / MEGABYTE:.1f}"}
            self.add_error(
                None,
                _("The customer's mail has %(total)s MB and cannot be forwarded whole; a mail may carry %(limit)s MB.")
                % words,
            )
        return cleaned


class UnitSaidForm(CaseForm):
    """Why the unit gives the case back, in its words: evidence for the next segment check."""

    said = forms.CharField(
        label=gettext_lazy("What the unit said"), widget=forms.Textarea(attrs={"rows": 3}), max_length=REASON
    )
    left_out = ("said",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["said"].initial = self.case.unit_said()


class DbsHandOverForm(HandOverForm):
    template = "edu_forward_dbs_request"


class InformationForm(ClosingToo, MessageForm):
    """The answer, with a related product or why none fits (E-08, E-34)."""

    template = "info_answer"
    related_product = forms.ChoiceField(
        label=gettext_lazy("Related product"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("“%(value)s” is not in the product catalogue.")},
    )
    none_fits = forms.CharField(label=gettext_lazy("None fits, because"), max_length=NONE_FITS, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["related_product"]
        field.choices, field.initial = knowledge.catalogue(self.case)  # type: ignore[attr-defined]
        if len(field.choices) == 1:  # type: ignore[attr-defined]
            field.help_text = _("The product catalogue is empty; an administrator fills it.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("none_fits") and cleaned.get("related_product") == self.fields["related_product"].initial:
            cleaned["related_product"] = ""  # the catalogue's proposal, and the writer says that none fits
        if bool(cleaned.get("related_product")) == bool(cleaned.get("none_fits")):
            self.add_error("related_product", _("Choose a related product, or say why none fits (P-05 5.5)."))
        return cleaned


class RequestForm(MessageForm):
    template = "request_receipt"
    unit = forms.CharField(label=gettext_lazy("Handed to unit"), max_length=120)


class ResultForm(MessageForm):
    template = "request_result"


class AskForm(MessageForm):
    template = "ask_reference"
    message = forms.CharField(
        label=gettext_lazy("Message"), widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000, required=False
    )


class AskAgainForm(AskForm):
    template = "ask_again"


class ReadForm(CaseForm):
    """Which applications to read: all that apply, or one of them, about every product or one."""

    tool = forms.ChoiceField(
        label=gettext_lazy("Application"),
        choices=[("", gettext_lazy("all that apply")), *((tool, label_of(tool)) for tool in SYSTEMS)],
        required=False,
    )
    product_id = forms.ChoiceField(label=gettext_lazy("Product"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("every product"))]
        self.fields["product_id"].choices = [*every, *((value, value) for value in self._products())]  # type: ignore[attr-defined]

    def _products(self) -> list[str]:
        return self.case.products

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        tool = cleaned.get("tool")
        if tool and self.actor is not None:
            if tool in missing_at(sites_of(self.actor, self.case.desk_id, self.case.area_id)):
                words = _("%(tool)s is not available at this site (P-05 11.1); enter the result by hand.")
                self.add_error("tool", words % {"tool": label_of(tool)})
            wanted = [cleaned["product_id"]] if cleaned.get("product_id") else self._products()
            if not any(read.system == tool for product_id in wanted for read in reads_of(product_id)):
                words = _("%(tool)s does not know this kind of product.")
                self.add_error("tool", words % {"tool": label_of(tool)})
        return cleaned


NORMAL = gettext_lazy("Normal; in NOSSA: no open ticket")


class CheckForm(CaseForm):
    """A check that the agent read in the application's own window, because it could not be read from here."""

    product_id = forms.ChoiceField(label=gettext_lazy("Product"))
    tool = forms.ChoiceField(
        label=gettext_lazy("Application"), choices=[("", "—"), *((tool, label_of(tool)) for tool in SYSTEMS)]
    )
    verdict = forms.ChoiceField(
        label=gettext_lazy("Result"),
        choices=[(state, NORMAL if state == CheckState.NORMAL else label) for state, label in to_choose(CheckState)
                 if state != CheckState.FAILED],
    )  # fmt: skip
    summary = forms.CharField(label=gettext_lazy("What was seen"), max_length=REASON)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = self.case.products
        self.fields["product_id"].choices = [(value, value) for value in ids]  # type: ignore[attr-defined]


class NormalForm(MessageForm):
    """The service looks normal; against a check that says otherwise a reason is needed."""

    template = "service_normal"
    reason = forms.CharField(label=gettext_lazy("Reason, where a check says fault"), max_length=REASON, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.case.worst_check() == CheckState.FAULT and not cleaned.get("reason"):
            self.add_error("reason", _("A check says fault: give the reason why the service counts as normal."))
        return cleaned


class DraftForm(CaseForm):
    """Search in MyCX first (W-05 1.2.8); against checks that say normal a reason is needed (AMB-04)."""

    search_type = forms.ChoiceField(label=gettext_lazy("Search MyCX by"), choices=SearchType.choices)
    search_value = forms.CharField(label=gettext_lazy("Search for"), max_length=120)
    reason = forms.CharField(label=gettext_lazy("Reason, where no check says fault"), max_length=REASON, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        product = next(iter(self.case.known_product_ids()), "")
        self.fields["search_value"].initial = product
        self.fields["search_type"].initial = SearchType.PRODUCT if product else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.case.worst_check() != CheckState.FAULT and not cleaned.get("reason"):
            self.add_error("reason", _("No check says fault: give the reason for a ticket all the same."))
        return cleaned


class TicketForm(CaseForm):
    """The six fields of MyCX's form and the second look before Submit (W-05 1.2.8)."""

    masked = ("reporter_phone", "reporter_email")
    left_out = ("description",)
    product_ids = forms.MultipleChoiceField(label=gettext_lazy("Product id"), widget=forms.CheckboxSelectMultiple)
    reporter_name = forms.CharField(label=gettext_lazy("Reporter"), max_length=120)
    reporter_phone = forms.CharField(label=gettext_lazy("Reporter's phone"), max_length=30)
    reporter_email = forms.EmailField(label=gettext_lazy("Reporter's e-mail"))
    symptom = forms.ChoiceField(label=gettext_lazy("Symptom"), choices=to_choose(Symptom))
    description = forms.CharField(
        label=gettext_lazy("Description"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4_000
    )
    rechecked = forms.BooleanField(label=gettext_lazy("I have checked all data once more"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [line.product_id for line in self.case.all_lines if line.product_id and line.incident_id is None]
        self.fields["product_ids"].choices = [(value, value) for value in ids]  # type: ignore[attr-defined]
        case = self.case
        phones = case.last_mail.extracted.get("phones", [])
        self.initial = {
            "product_ids": ids,
            "reporter_name": case.reporter_name or case.sender_name,
            "reporter_phone": case.reporter_phone or next(iter(phones), ""),
            "reporter_email": case.reporter_email or case.sender_address,
            "symptom": case.symptom or customer_words.symptom_named(case),
            "description": case.description or customer_words.described(case),
            **self.initial,
        }

    def clean_reporter_phone(self) -> str:
        phone: str = self.cleaned_data["reporter_phone"]
        if not PHONE.fullmatch(phone):
            raise forms.ValidationError(_("This is not a phone number."))
        return phone


class HandTicketForm(CaseForm):
    """The number of a ticket that was opened in MyCX's own window while it could not be reached from here."""

    product_id = forms.ChoiceField(label=gettext_lazy("Product"))
    incident = forms.CharField(label=gettext_lazy("Ticket number"), max_length=20)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = [line.product_id for line in self.case.all_lines if line.product_id and line.incident_id is None]
        self.fields["product_id"].choices = [(value, value) for value in ids]  # type: ignore[attr-defined]

    def clean_incident(self) -> str:
        return clean_incident(self.cleaned_data["incident"])


class ProgressForm(MessageForm):
    """What NOSSA says, in plain words, and the customer's new facts for its worklog (W-05 1.2.10)."""

    template = "progress_update"
    left_out = (*MessageForm.left_out, "facts")
    facts = forms.CharField(
        label=gettext_lazy("New facts from the customer, for NOSSA"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2_000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["message"].initial = self.case.progress_words()


class FactsForm(CaseForm):
    left_out = ("facts",)
    facts = forms.CharField(
        label=gettext_lazy("New facts from the customer, for NOSSA"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
    )


class RecoveryForm(ClosingToo, MessageForm):
    """Cause and repair go to the customer before a fault case may close (P-05 5.10, E-39)."""

    template = "recovered_cause"
    message = forms.CharField(
        label=gettext_lazy("Message"), widget=forms.Textarea(attrs={"rows": 4}), max_length=20_000, required=False
    )
    cause = forms.CharField(label=gettext_lazy("Cause"), max_length=1_000)
    repair = forms.CharField(label=gettext_lazy("Repair"), max_length=1_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        incident = self.case.newest_incident()
        if incident is not None:
            self.fields["cause"].initial = incident.cause
            self.fields["repair"].initial = incident.solution


class ClosingForm(MessageForm):
    template = "closing"
    message = forms.CharField(
        label=gettext_lazy("Message"), widget=forms.Textarea(attrs={"rows": 3}), max_length=20_000, required=False
    )


class ReturnForm(CaseForm):
    answer = forms.CharField(label=gettext_lazy("Answer"), max_length=REASON)


class VoidForm(ReasonForm):
    """Spam, bounce or duplicate; a duplicate keeps the link to the case that stays (E-20)."""

    duplicate_of = forms.CharField(label=gettext_lazy("Duplicate of case"), max_length=20, required=False)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON - 21)  # behind that number and a space

    def clean_duplicate_of(self) -> str:
        number: str = self.cleaned_data["duplicate_of"].strip().upper()
        if number and self.case.twin(number, self.actor) is None:
            raise forms.ValidationError(_("There is no such case."))
        return number


# --- mail beyond the document (ADR-0008) -----------------------------------------------------------------------------
class MergeForm(ReasonForm):
    """The case that stays: one of the open cases that this one is related to, or any other by its number."""

    related = forms.ChoiceField(label=gettext_lazy("Related open case"), required=False, widget=Numbered)
    into = forms.CharField(
        label=gettext_lazy("Case that stays"), max_length=20, required=False,
        help_text=gettext_lazy("One that is closed opens again by it."),
    )  # fmt: skip
    field_order = ("related", "into", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = related_open(self.case, self.actor)
        self.fields["related"].choices = [  # type: ignore[attr-defined]
            (one.number, f"{one.number} · {why} · {Truncator(one.subject).chars(SUBJECT_SHOWN)}") for why, one in found
        ]
        self.fields["into"].required = not found
        if not found:
            del self.fields["related"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        number = cleaned.get("into") or cleaned.get("related") or ""
        cleaned.pop("related", None)
        if not self.errors.keys() & {"into", "related"}:
            try:
                cleaned["into"] = self._target(number)
            except forms.ValidationError as problem:
                self.add_error("into", problem)
        return cleaned

    def _target(self, number: str) -> EmailCase:
        if not number:
            raise forms.ValidationError(_("Choose a related case, or enter a number."))
        target = type(self.case).twin(number.strip().upper(), self.actor)
        if target is None:
            raise forms.ValidationError(_("There is no such case."))
        if target.pk in self.case.family():
            raise forms.ValidationError(_("A case cannot be merged into itself."))
        if target.state in {State.VOID, State.MERGED}:
            raise forms.ValidationError(_("That case does not take anything in: it is void or merged itself."))
        return target


class SplitForm(ReasonForm):
    product_ids = forms.MultipleChoiceField(
        label=gettext_lazy("Products of the new case"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.case.known_product_ids()
        segments = segments_of(known)
        self.fields["product_ids"].choices = [  # type: ignore[attr-defined]
            (one, f"{one} · {segments[one]}" if one in segments else one) for one in known
        ]

    def clean_product_ids(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["product_ids"]
        if len(chosen) == len(self.fields["product_ids"].choices):  # type: ignore[attr-defined]
            raise forms.ValidationError(_("One product at least stays in this case."))
        return chosen


class PhoneForm(FailedMailForm):
    """Who was called, on which number, when, and what was said."""

    masked = ("called_number",)
    left_out = ("said",)
    called_name = forms.CharField(label=gettext_lazy("Spoken with"), max_length=120)
    called_number = forms.CharField(label=gettext_lazy("Phone number"), max_length=30)
    called_at = forms.DateTimeField(
        label=gettext_lazy("Called at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    said = forms.CharField(
        label=gettext_lazy("What was said"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2_000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["called_at"].initial = timezone.localtime().replace(second=0, microsecond=0)
        self.fields["called_number"].initial = next(iter(self.case.last_mail.extracted.get("phones", [])), "")
        self.fields["called_name"].initial = self.case.sender_name

    def clean_called_number(self) -> str:
        number: str = self.cleaned_data["called_number"]
        if not PHONE.fullmatch(number):
            raise forms.ValidationError(_("This is not a phone number."))
        return number

    def clean_called_at(self) -> datetime:
        moment: datetime = self.cleaned_data["called_at"]
        if moment > timezone.now():
            raise forms.ValidationError(_("This call lies in the future."))
        return moment
