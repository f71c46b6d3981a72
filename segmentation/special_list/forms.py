"""The inputs of the steps of an entry; one class serves the page, REST and each row of an import."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from segmentation.customers import Customer, Service
from segmentation.lookup import Match, customers_by, only_customer
from segmentation.special_list.states import BY_PEOPLE, USUAL, Action, Criterion
from tenesa.workflow.fields import day, words
from tenesa.workflow.step import NeededWhen, StepForm

if TYPE_CHECKING:
    from segmentation.lists import ListEntry

YEAR = timedelta(days=366)
FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"]
day_field, words_field = partial(day, formats=FORMATS), partial(words, length=300)


WORKBOOK = ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Workbook (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": WORKBOOK}),
        allow_empty_file=True,
    )


class EntryForm(StepForm):
    case: ListEntry


class NoteForm(EntryForm):
    note = words_field(gettext_lazy("Why"))


class ProposeForm(EntryForm):
    """Who is to stand on the list, by which criterion, on what evidence and until when (W-26 5.1.1, 5.1.2)."""

    left_out = ("platform", "count", "measured_at", "term_end", "report")
    needed_when = {
        "term_end": NeededWhen(("criterion",), {Criterion.OFFICIAL}),
        **dict.fromkeys(("platform", "count", "measured_at"), NeededWhen(("criterion",), {Criterion.FOLLOWERS})),
    }
    customer: Any = forms.CharField(
        label=gettext_lazy("Customer"), max_length=40,
        help_text=gettext_lazy("Customer number, internet number or telephone number"),
    )  # fmt: skip
    criterion = forms.ChoiceField(
        label=gettext_lazy("Criterion"), choices=[(one.value, one.label) for one in BY_PEOPLE]
    )
    action = forms.ChoiceField(
        label=gettext_lazy("What to do"), choices=[("", gettext_lazy("As the criterion says")), *Action.choices],
        required=False,
    )  # fmt: skip
    service: Any = forms.CharField(
        label=gettext_lazy("For this service alone"), max_length=30, required=False,
        help_text=gettext_lazy("Empty: for all services of the customer"),
    )  # fmt: skip
    evidence = words_field(gettext_lazy("Evidence"))
    source = forms.CharField(label=gettext_lazy("Source"), max_length=80)
    platform = forms.CharField(label=gettext_lazy("Platform"), max_length=30, required=False)
    count = forms.IntegerField(label=gettext_lazy("Followers"), min_value=0, max_value=10**10, required=False)
    measured_at = day_field(gettext_lazy("Counted on"), required=False)
    term_end = day_field(gettext_lazy("End of the term of office"), required=False)
    valid_from = day_field(gettext_lazy("From"), required=False, help_text=gettext_lazy("Empty: from today"))
    valid_to = day_field(gettext_lazy("Until"))
    review_due = day_field(
        gettext_lazy("Review"), required=False, help_text=gettext_lazy("Within 12 months; empty: as late as possible")
    )

    def __init__(self, *args: Any, customers: Callable[[str], Sequence[Match]] = customers_by, **kwargs: Any) -> None:
        """`customers` says who has a number."""
        super().__init__(*args, **kwargs)
        self.customers = customers

    def say(self, errors: Mapping[str, Sequence[str]]) -> None:
        """Show why these inputs were refused, without checking them again."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        for name, texts in errors.items():
            self.add_error(name, list(texts))

    def clean_customer(self) -> Customer:
        """None is chosen silently where a number is of several."""
        asked = self.cleaned_data["customer"]
        return only_customer(asked, self.customers(asked))

    def clean_valid_from(self) -> date:
        day = self.cleaned_data["valid_from"] or timezone.localdate()
        if day > timezone.localdate():
            raise forms.ValidationError(_("It begins in the future: enter it when it begins."))
        return day

    def clean_valid_to(self) -> date:
        return later_than_today(self.cleaned_data["valid_to"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["service"] = self._service(cleaned)
        cleaned["measure"] = self._measure(cleaned)
        cleaned["action"] = cleaned.get("action") or USUAL.get(cleaned.get("criterion", ""), Action.PRIORITY)
        if not self.errors:
            self._review(cleaned)
        return cleaned

    def _service(self, cleaned: dict[str, Any]) -> Service | None:
        number, customer = cleaned.get("service"), cleaned.get("customer")
        if not number or not customer:
            return None
        service: Service | None = customer.services.filter(product_id=number).first()
        if service is None:
            words = _("%(customer)s has no service %(number)s.") % {"customer": customer, "number": number}
            self.add_error("service", words)
        return service

    def _measure(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """Of the criteria that have one (requirements 7.1)."""
        if cleaned.get("criterion") == Criterion.OFFICIAL:
            if ends := self._needed(cleaned, "term_end"):
                if cleaned.get("valid_to") and cleaned["valid_to"] > ends:
                    self.add_error("valid_to", _("The term of office ends before that."))
                return {"term_end": f"{ends}"}
        elif cleaned.get("criterion") == Criterion.FOLLOWERS:
            given = [self._needed(cleaned, name) for name in ("platform", "count", "measured_at")]
            platform, count, measured = given
            least = settings.W26["followers"]
            if count is not None and count < least:
                words = _("“Many followers” begins at %(least)s.") % {"least": f"{least:,}".replace(",", ".")}
                self.add_error("count", words)
            if measured and measured > timezone.localdate():
                self.add_error("measured_at", _("This day has not come yet."))
            return {"platform": platform, "count": count, "measured_at": f"{measured}"}
        return {}

    def _needed(self, cleaned: dict[str, Any], name: str) -> Any:
        value = cleaned.get(name)
        if value in (None, "") and name not in self.errors:
            self.add_error(name, _("This criterion needs it."))
        return value

    def _review(self, cleaned: dict[str, Any]) -> None:
        latest = min(cleaned["valid_to"], cleaned["valid_from"] + YEAR)
        due = cleaned["review_due"] = cleaned.get("review_due") or latest
        if not cleaned["valid_from"] <= due <= cleaned["valid_from"] + YEAR:
            self.add_error("review_due", _("Every entry is reviewed within 12 months."))


class ChangeForm(EntryForm):
    """What is to be different; the rest stays."""

    action = forms.ChoiceField(label=gettext_lazy("What to do"), choices=Action.choices)
    valid_to = day_field(gettext_lazy("Until"))
    evidence = words_field(gettext_lazy("Evidence"))
    reason = words_field(gettext_lazy("Why it changes"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("action", "valid_to", "evidence"):
            self.fields[name].initial = getattr(self.case, name)

    def clean_valid_to(self) -> date:
        day = later_than_today(self.cleaned_data["valid_to"])
        ends = self.case.measure.get("term_end", "")
        if ends and f"{day}" > ends:
            raise forms.ValidationError(_("The term of office ends before that."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        names = ("action", "valid_to", "evidence")
        if not self.errors and all(cleaned[name] == getattr(self.case, name) for name in names):
            raise forms.ValidationError(_("Nothing is different from what holds now."))
        return cleaned


class ReviewForm(EntryForm):
    """Criterion and evidence still hold; the next review is within 12 months."""

    note = words_field(gettext_lazy("What was looked at"))
    review_due = day_field(gettext_lazy("Next review"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review_due"].initial = timezone.localdate() + YEAR

    def clean_review_due(self) -> date:
        day = later_than_today(self.cleaned_data["review_due"])
        if day > timezone.localdate() + YEAR:
            raise forms.ValidationError(_("Every entry is reviewed within 12 months."))
        return day


def later_than_today(day: date) -> date:
    if day <= timezone.localdate():
        raise forms.ValidationError(_("This day is over, or it is today."))
    return day
