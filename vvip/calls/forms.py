"""The inputs of the steps of a 147 call; one class serves the page and REST."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation import lookup
from segmentation.models import Customer
from tenesa.accounts.models import User
from tenesa.audit.masking import mask
from tenesa.contact import numbers, zones
from tenesa.contact.moments import customer_moment, in_zone
from tenesa.knowledge import scripts
from tenesa.knowledge.models import Version
from tenesa.rupiah import in_rupiah
from tenesa.systems.models import ExternalCall
from tenesa.systems.readings import INCIDENT
from tenesa.workflow.fields import words
from tenesa.workflow.step import StepForm
from tenesa.workspace.ownership import TakeOverForm
from vvip.calls.guards import WAY_OUT
from vvip.calls.states import CALLBACK_ENDS_AFTER, Channel, Topic

LONG = 1000
SHOWN_KEPT = 4 * 3600  # seconds for which it is known when the script was opened
SHORTEST = 5  # digits of a number that anybody can have
NUMBER = {"inputmode": "tel", "autocomplete": "off"}


def questions() -> list[tuple[str, Any]]:
    """What may be asked to be sure of a customer (5.2.3); how many are a setting."""
    return list(QUESTIONS.items())


QUESTIONS = {
    "name": gettext_lazy("Name of the subscriber"),
    "address": gettext_lazy("Address of the installation"),
    "contact": gettext_lazy("Registered contact number"),
    "mail": gettext_lazy("Registered e-mail address"),
    "package": gettext_lazy("Package and speed"),
    "last_bill": gettext_lazy("Month and amount of the last bill"),
}


class NumberField(forms.CharField):
    """A number in its normal form."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=40, strip=True, widget=forms.TextInput(attrs=NUMBER), **more)

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value) or "")
        number = numbers.normal(typed) if typed else ""
        if typed and len(number) < SHORTEST:
            raise forms.ValidationError(_("This is no number."))
        return number


class ReportForm(StepForm):
    """V-01: the report and one of internet number, telephone number, ticket number (5.2.2). `number` is any of them,
    told apart by its form."""

    number = forms.CharField(
        label=gettext_lazy("Internet, telephone or ticket number"),
        max_length=40,
        required=False,
        strip=True,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "inputmode": "search"}),
        help_text=gettext_lazy("as the caller says it: the form tells which of them it is"),
    )
    internet_number = NumberField(label=gettext_lazy("Internet number"), required=False)
    phone_number = NumberField(label=gettext_lazy("Telephone number"), required=False)
    ticket_number = forms.CharField(label=gettext_lazy("Ticket number"), max_length=20, required=False, strip=True)
    caller_number = NumberField(label=gettext_lazy("Calls from"), required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), choices=Topic.choices, required=False)
    report = words(gettext_lazy("What the customer reports"), required=False)
    call_id = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput())
    channel = forms.ChoiceField(
        label=gettext_lazy("came by"), choices=Channel.choices, required=False, widget=forms.HiddenInput()
    )
    masked = ("number", "phone_number", "caller_number")

    def clean_number(self) -> str:
        typed = str(self.cleaned_data["number"])
        if typed and not (INCIDENT.fullmatch(typed.upper()) or len(numbers.normal(typed)) >= SHORTEST):
            raise forms.ValidationError(_("This is no internet, telephone or ticket number."))
        return typed

    def clean_ticket_number(self) -> str:
        number = str(self.cleaned_data["ticket_number"]).upper()
        if number and not INCIDENT.fullmatch(number):
            raise forms.ValidationError(_("A ticket number looks like IN10482213."))
        return number

    def clean_topic(self) -> str:
        return self.cleaned_data["topic"] or Topic.FAULT

    def clean_channel(self) -> str:
        return self.cleaned_data["channel"] or Channel.TYPED

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if typed := cleaned.pop("number", ""):
            name, number = told_apart(typed)
            cleaned[name] = cleaned.get(name) or number
        given = any(cleaned.get(name) for name in ("internet_number", "phone_number", "ticket_number"))
        if not given and not self.errors:
            if not cleaned.get("caller_number"):
                self.add_error("number", _("Give an internet number, a telephone number or a ticket number (5.2.2)."))
            cleaned["phone_number"] = cleaned.get("caller_number", "")
        return cleaned


def told_apart(typed: str) -> tuple[str, str]:
    """Which column a number belongs to, and its normal form; a customer number is looked up as an internet number."""
    if INCIDENT.fullmatch(typed.upper()):
        return "ticket_number", typed.upper()
    number = numbers.normal(typed)
    return ("phone_number" if numbers.is_telephone(number) else "internet_number"), number


class NoteReportForm(StepForm):
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), choices=Topic.choices)
    report = words(gettext_lazy("What the customer reports"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].initial, self.fields["report"].initial = self.case.topic, self.case.report


class CustomerForm(StepForm):
    """Which customer it is: one of those with the number, or of another number (requirements 7.1)."""

    number = forms.CharField(
        label=gettext_lazy("Other number"),
        max_length=40,
        required=False,
        strip=True,
        help_text=gettext_lazy("internet, telephone, customer or ticket number"),
    )
    customer = forms.ChoiceField(label=gettext_lazy("Customer"), required=False, widget=forms.RadioSelect)
    masked = ("number",)
    asks = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = lookup.customers_by(str(self.data.get("number") or "")) if self.is_bound else []
        self.found = {str(one.customer.pk): one for one in lookup.one_each([*asked, *self.case.matches()])}
        self.fields["customer"].choices = [(key, _words_of(match)) for key, match in self.found.items()]  # type: ignore[attr-defined]
        if len(self.found) == 1:
            self.fields["customer"].initial = next(iter(self.found))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        match = self.found.get(cleaned.get("customer") or (next(iter(self.found)) if len(self.found) == 1 else ""))
        if match is None:
            words_ = _("Nobody has this number.") if not self.found else _("Several customers have it: choose one.")
            raise forms.ValidationError(words_)
        cleaned["customer"], cleaned["service"] = match.customer, match.service
        return cleaned


def _words_of(match: lookup.Match) -> str:
    """Who it is, without what only a verified caller may hear."""
    return " · ".join(filter(None, [match.customer.name, match.customer.reference, str(match.service or "")]))


class QuestionTable(forms.SelectMultiple):
    """Two ticks a row: asked, and matched (the other field of the form, which draws nothing itself)."""

    rows: Callable[[], list[dict[str, Any]]]  # what is drawn, told by the form

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        told = attrs or {}
        context = {
            "rows": self.rows(),
            "ident": told.get("id", ""),
            "invalid": "aria-invalid" in told,
            "described": told.get("aria-describedby", ""),
        }
        return render_to_string("vvip/_questions.html", context)


class Undrawn:
    """Drawn elsewhere."""

    is_hidden = True

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        return SafeString("")


class InTheTable(Undrawn, forms.SelectMultiple):
    """The second column of the table."""


class OnTheButton(Undrawn, forms.TextInput):
    """A button beside the step's own states it."""


class VerificationForm(StepForm):
    """5.2.3: which questions were asked, and which answers matched; the answers themselves are kept nowhere."""

    asked = forms.MultipleChoiceField(label=gettext_lazy("Questions"), choices=questions, widget=QuestionTable)
    matched = forms.MultipleChoiceField(
        label=gettext_lazy("Matched"), choices=questions, widget=InTheTable, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        table: Any = self.fields["asked"].widget
        table.rows = self.rows

    def rows(self) -> list[dict[str, Any]]:
        """Each question, what the caller should say, and the ticks that it has."""
        asked, matched = ({str(one) for one in self[name].value() or ()} for name in ("asked", "matched"))
        known = expected(self.case)
        return [
            {"value": value, "label": label, "known": known.get(value, ""), "asked": value in asked,
             "matched": value in matched}
            for value, label in QUESTIONS.items()
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("asked", "matched"):  # said twice it was asked once
            cleaned[name] = list(dict.fromkeys(cleaned.get(name, [])))
        strange = set(cleaned.get("matched", [])) - set(cleaned.get("asked", []))
        if strange and not self.errors:
            names = ", ".join(str(QUESTIONS[name]) for name in sorted(strange))
            self.add_error("asked", _("Not asked, so it cannot have matched: %(names)s.") % {"names": names})
        return cleaned


def expected(call: Any) -> dict[str, str]:
    """What a caller who is the customer answers, as our copy has it; contacts half hidden, for comparing alone."""
    customer, service = call.customer, call.service
    if customer is None:
        return {}
    contacts = [mask(one[way]) for one in customer.contacts for way in ("phone",) if one.get(way)]
    mails = [mask(one["email"]) for one in customer.contacts if one.get("email")]
    speed = service.facts.get("mbps") if service else None
    package = " ".join(filter(None, [service.name if service else "", f"{speed:g} Mbps" if speed else ""]))
    told = {
        "last_bill": call.once("last bill", lambda: _last_bill(call)),
        "name": customer.name,
        "address": service.address if service else "",
        "contact": ", ".join(contacts[:3]),
        "mail": ", ".join(mails[:3]),
        "package": package,
    }
    return {name: words_ for name, words_ in told.items() if words_}


def _last_bill(call: Any) -> str:
    """As E-Payment told it for this call; "" until it has answered."""
    reads = ExternalCall.objects.filter(
        procedure=call.procedure_name(),
        case_id=call.pk,
        system="epayment",
        operation="bills",
        answered_at__isnull=False,
    )
    read = reads.order_by("-created_at").first()
    bills = read.answer.get("account", {}).get("bills") if read else None
    if not bills:
        return ""
    month = date_format(date.fromisoformat(f"{bills[0]['month']}-01"), "F Y")
    return f"{month} · {in_rupiah(bills[0]['amount'])}"


def confirmed_number(call: Any) -> str:
    """The registered telephone number, where it is one alone and the caller has just named it; else ""."""
    found = [one["phone"] for one in call.customer.contacts if one.get("phone")] if call.customer else []
    return str(found[0]) if len(found) == 1 and "contact" in call.questions_matched else ""


def proposed(call: Any) -> list[str]:
    """The questions to ask first: as many as have to be, of those whose answer is known; none where too few are."""
    known = expected(call)
    names = [name for name in QUESTIONS if name in known][: settings.W26["questions_asked"]]
    return names if len(names) == settings.W26["questions_asked"] else []


class EnoughMatchForm(VerificationForm):
    """n of m questions matched; both are settings."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rule = {"m": settings.W26["questions_asked"], "n": settings.W26["questions_matched"]}
        self.fields["asked"].help_text = _("Ask at least %(m)d; %(n)d answers have to match.") % rule

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        rule = settings.W26
        if not self.errors and len(cleaned["asked"]) < rule["questions_asked"]:
            self.add_error("asked", _("Ask at least %(n)d questions.") % {"n": rule["questions_asked"]})
        if not self.errors and len(cleaned["matched"]) < rule["questions_matched"]:
            told = {"n": rule["questions_matched"], "m": len(cleaned["matched"])}
            self.add_error("asked", _("%(n)d answers have to match, %(m)d did.") % told)
        return cleaned


class ConfirmForm(EnoughMatchForm):
    """5.2.3, 5.3.2: the answers one by one, or in `all_matched` the names of the questions that were asked and matched,
    with spaces between; the page proposes some."""

    all_matched = forms.CharField(
        label=gettext_lazy("All of them match"), max_length=100, required=False, widget=OnTheButton
    )
    left_out = ("all_matched",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.fields["all_matched"].initial = " ".join(proposed(self.case))
        elif (names := str(self.data.get("all_matched") or "").split()) and not self["asked"].value():
            self.data = {**self.data, "asked": names, "matched": names}


class FailForm(VerificationForm):
    note = words(gettext_lazy("Note"), required=False, length=300)


class WayOutForm(StepForm):
    """5.2.5: the script that was opened, and that it was read to the customer. `opened_at` is when this person was
    first shown this version on this call, however often the page was drawn since. Whoever reads it elsewhere (REST)
    says when, after the call came in and the version was published."""

    version = forms.IntegerField(label=gettext_lazy("Version"), widget=forms.HiddenInput())
    opened_at = forms.DateTimeField(label=gettext_lazy("Opened"), widget=forms.HiddenInput(), required=False)
    left_out = ("version",)  # it stands on the call, by its number
    read = forms.BooleanField(label=gettext_lazy("I have read the script to the customer"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.script = self.case.once("way out", lambda: scripts.current(WAY_OUT))
        if self.script is not None:
            self.fields["version"].initial = self.script.version.number
            if isinstance(self.actor, User) and not self.is_bound:
                self.fields["opened_at"].initial = opened(self.case, self.script.version, self.actor).isoformat()

    def clean_version(self) -> Any:
        number = self.cleaned_data["version"]
        if self.script is None or number != self.script.version.number:
            raise forms.ValidationError(_("The script was changed meanwhile: read the new version."))
        return self.script.version

    def clean_opened_at(self) -> datetime | None:
        said: datetime | None = self.cleaned_data["opened_at"]
        if self.script is None:
            return said
        version = self.script.version
        if isinstance(self.actor, User) and (seen := cache.get(_shown_key(self.case, version, self.actor))):
            return cast("datetime", seen)
        if said is None:
            raise forms.ValidationError(_("When was the script opened?"))
        if said > timezone.now():
            raise forms.ValidationError(_("The script cannot have been opened in the future."))
        if said < max(self.case.opened_at, version.approved_at or version.at):
            raise forms.ValidationError(
                _("The script cannot have been opened before the call came in, or before this version was published.")
            )
        return said


def opened(call: Any, version: Version, reader: User) -> datetime:
    """When the script was first shown to this person on this call."""
    now, key = timezone.now(), _shown_key(call, version, reader)
    return now if cache.add(key, now, SHOWN_KEPT) else cache.get(key) or now


def _shown_key(call: Any, version: Version, reader: User) -> str:
    return f"way-out:{call.pk}:{reader.pk}:{version.pk}"


LONGEST_WISH = timedelta(hours=12)  # a wish beats the hours in which customers may be called


class CallbackForm(StepForm):
    """V-06: what Tier 2 needs to call (5.2.6, 5.3.4)."""

    number_to_call = NumberField(label=gettext_lazy("Number to call"))
    contact_name = forms.CharField(label=gettext_lazy("Whom to ask for"), max_length=120, strip=True)
    wish_from = customer_moment(
        gettext_lazy("Reachable from"), help_text=gettext_lazy("only if the customer wishes a time")
    )
    wish_to = customer_moment(gettext_lazy("Reachable until"))
    note = words(gettext_lazy("Note for Tier 2"), required=False, length=300)
    masked = ("number_to_call",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number_to_call"].initial = self.case.contact_number or confirmed_number(self.case)
        customer: Customer | None = self.case.customer
        self.fields["contact_name"].initial = customer.name if customer else ""
        in_zone(self, self.case.zone, "wish_from", "wish_to")

    def clean_number_to_call(self) -> str:
        number: str = self.cleaned_data["number_to_call"]
        if not numbers.is_telephone(number):
            raise forms.ValidationError(_("This number cannot be called: give a telephone number."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        begin, end = cleaned.get("wish_from"), cleaned.get("wish_to")
        if end and (end <= timezone.now() or (begin and end <= begin)):
            self.add_error("wish_to", _("This time lies before the beginning, or is over."))
        elif end and end - (begin or timezone.now()) > LONGEST_WISH:
            self.add_error("wish_to", _("Give a time of at most 12 hours: it holds by day and by night."))
        ends = timezone.now() + CALLBACK_ENDS_AFTER
        if begin and begin >= ends:
            last = zones.beside(ends, zones.place_of(self.case.zone))
            self.add_error("wish_from", _("The callback ends before, at %(time)s.") % {"time": last})
        return cleaned


class AnalysisForm(StepForm):
    analysis = words(gettext_lazy("Analysis"), length=LONG, rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["analysis"].initial = self.case.analysis


class SolveForm(StepForm):
    """V-11: the solution, and that the customer knows."""

    solution = words(gettext_lazy("Solution"))
    informed = forms.BooleanField(label=gettext_lazy("The customer was told"))


class BackendForm(StepForm):
    reason = words(gettext_lazy("What the back-end is to do"), length=300, rows=3)


class InboundForm(EnoughMatchForm):
    """V-20: the customer called before we did. It may be another person than in the first call: who they are is asked
    again, unless this agent has just asked on the call that joined; those ticks stand here."""

    analysis = words(gettext_lazy("Analysis"), length=LONG, rows=3)
    solution = words(
        gettext_lazy("Solution"), required=False, help_text=gettext_lazy("only if it is solved and the customer knows")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        joined = self.case.just_joined(self.actor) if isinstance(self.actor, User) else None
        if joined is not None:
            self.fields["asked"].initial, self.fields["matched"].initial = (
                joined.questions_asked,
                joined.questions_matched,
            )


class ResultForm(StepForm):
    """V-15: what the back-end says."""

    answer = words(gettext_lazy("Answer of the back-end"), rows=3)
    solved = forms.BooleanField(label=gettext_lazy("Solved, and the customer knows"), required=False)


class EmergencyOwnerForm(TakeOverForm):
    holder = "emergency_owner"


class NewsForm(StepForm):
    news = words(gettext_lazy("What the customer was told"), length=300)


class ReasonForm(StepForm):
    note = words(gettext_lazy("Reason"), length=300)
