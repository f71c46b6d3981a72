"""The inputs of the steps of a prospect; one class serves the page and REST."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.callers import teams_that_call
from caring.offers import catalogue
from caring.prospects import contact, scripts
from caring.prospects.states import Excluded
from caring.tree import TREE, Category, Reason, reasons_of
from caring.working_days import next_working_day
from tenesa.accounts.models import Team, User
from tenesa.contact.models import NOTE
from tenesa.contact.moments import customer_moment, in_zone
from tenesa.contact.numbers import is_telephone, normal
from tenesa.rupiah import in_rupiah
from tenesa.workflow.fields import day, rupiah, words
from tenesa.workflow.step import NeededWhen, StepForm


class NewNumberForm(StepForm):
    """A number that the customer, or whoever answered, told us."""

    number = forms.CharField(label=gettext_lazy("New number"), max_length=30, strip=True)
    masked = ("number",)

    def clean_number(self) -> str:
        number = normal(self.cleaned_data["number"])
        if not is_telephone(number):
            raise forms.ValidationError(_("This is no telephone number."))
        if contact.is_ended(self.case, number):
            raise forms.ValidationError(
                _("This number was given up for this customer: %(number)s.") % {"number": number}
            )
        return number


class NumberForm(NewNumberForm):
    """Another number of the customer, or one they told us."""

    number = forms.CharField(label=gettext_lazy("Number to call"), max_length=30, strip=True)
    told = forms.BooleanField(
        label=gettext_lazy("A new number that we were told"), required=False,
        help_text=gettext_lazy("else one of the list"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = contact.number_of(self.case)
        others = [one for one in self.case.phones if one != now]
        self.fields["number"].initial = others[0] if others else ""
        told = {one["number"] for one in self.case.phones_told}
        marked = [_("%(number)s (new)") % {"number": one} if one in told else one for one in others]
        self.fields["number"].help_text = _("On the list: %(numbers)s") % {"numbers": ", ".join(marked) or "—"}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("number") and cleaned["number"] not in self.case.phones and not cleaned.get("told"):
            self.add_error("number", _("This number is not on the list: say that it is a new one."))
        return cleaned


class PayerForm(StepForm):
    """Who answered; only whoever pays hears of the debt (8.1, third party)."""

    receiver = forms.CharField(label=gettext_lazy("Who speaks"), max_length=120, strip=True, required=False)
    relation = forms.CharField(label=gettext_lazy("Relation"), max_length=40, strip=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receiver"].initial = self.case.name
        self.fields["relation"].initial = _("owner")

    def clean(self) -> dict[str, Any]:
        """Left empty it is whom the list names."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return {name: value or str(self.fields[name].initial) for name, value in cleaned.items()}


class NotReachedForm(StepForm):
    """C-06."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=lambda: reasons_of(Category.NONE))
    note = words(gettext_lazy("Note"), required=False, length=NOTE, rows=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made = contact.dialled(self.case)
        heard = HEARD.get(made.result) if made else None
        self.fields["reason"].initial, self.fields["reason"].required = heard, heard is None
        if made and heard == Reason.OTHER:  # the tree has no reason of its own for it
            self.fields["note"].initial = made.get_result_display()

    def clean_reason(self) -> str:
        """Left empty it is what the softphone told."""
        return self.cleaned_data["reason"] or str(self.fields["reason"].initial)


HEARD = {  # what the softphone tells of a call, as a reason of the tree
    "NO_ANSWER": Reason.RNA, "BUSY": Reason.BUSY, "MAILBOX": Reason.MAILBOX, "REJECTED": Reason.REJECTED,
    "WRONG_NUMBER": Reason.INVALID, "INVALID": Reason.INVALID, "FAX": Reason.FAX, "OFF": Reason.OTHER,
}  # fmt: skip


def _that_need(field: str) -> frozenset[Reason]:
    return frozenset(reason for reason, leaf in TREE.items() if field in leaf.needs)


class DeathForm(StepForm):
    """C-08: whoever answered says that the customer is dead; the debt is no matter of theirs."""

    receiver = forms.CharField(label=gettext_lazy("Who told it"), max_length=120, strip=True)
    relation = forms.CharField(label=gettext_lazy("Relation to the customer"), max_length=40, strip=True)
    note = words(
        gettext_lazy("Note"), required=False, length=NOTE, rows=1,
        help_text=gettext_lazy("Say that you are sorry. Name no bill, and ask nobody to pay: nobody calls again."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        return {**(super().clean() or self.cleaned_data), "reason": Reason.DECEASED}


class FollowUpForm(StepForm):
    """C-07."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=lambda: reasons_of(Category.FOLLOW_UP))
    call_at = customer_moment(gettext_lazy("Call at"))
    mine = forms.BooleanField(label=gettext_lazy("I call myself"), required=False, initial=True)
    note = words(gettext_lazy("Note"), required=False, length=NOTE, rows=1)
    needed_when = {"call_at": NeededWhen(("reason",), _that_need("call_at"))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_zone(self, self.case.zone, "call_at")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        at: datetime | None = cleaned.get("call_at")
        if cleaned.get("reason") == Reason.TOLD_PAID:
            return cleaned
        if at is None:
            self.add_error("call_at", _("Say when the customer is called."))
        elif at <= timezone.now():
            self.add_error("call_at", _("This time is over."))
        elif at > timezone.now() + timedelta(days=settings.CARING["follow_up_days"]):
            self.add_error("call_at", _("At most %(n)d days ahead.") % {"n": settings.CARING["follow_up_days"]})
        return cleaned


CHRONOLOGY = 40  # characters; a shorter note tells no course of events


class DeclineForm(StepForm):
    """C-08; the script against this reason stands on the page and is confirmed as read."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=lambda: reasons_of(Category.DECLINE))
    script_read = forms.BooleanField(label=gettext_lazy("Alternatives were offered by the script"), required=False)
    note = words(
        gettext_lazy("Note"), required=False, length=NOTE, rows=1,
        help_text=gettext_lazy(
            "Fault: open its report. Terminates: reason, then Plasa. Complaint: chronology, a supervisor decides."
        ),
    )  # fmt: skip
    needed_when = {"note": NeededWhen(("reason",), _that_need("note"))}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        reason = cleaned.get("reason")
        needs = TREE[Reason(reason)].needs if reason else ()
        if "script_read" in needs and not cleaned.get("script_read"):
            self.add_error("script_read", _("Offer the alternatives of the script first, and confirm it."))
        elif "script_read" in needs and not self._has_seen_script():
            self.add_error("script_read", _("Open the script “Reasons against” beside the call first."))
        if "note" in needs and not cleaned.get("note"):
            self.add_error("note", _("Say what happened."))
        elif reason == Reason.COMPLAINT and len(cleaned["note"]) < CHRONOLOGY:
            self.add_error("note", _("Write the chronology: what was said, by whom, in which order."))
        return cleaned

    def _has_seen_script(self) -> bool:
        """True as well where no such script is published: nobody waits for a text that does not exist."""
        script = scripts.script_at(scripts.REASONS)
        return script is None or (isinstance(self.actor, User) and scripts.was_shown(self.case, script, self.actor))


class AgreeForm(StepForm):
    """C-09: amount told, a clear yes, the offer and the day of payment, the recording."""

    willing = forms.BooleanField(label=gettext_lazy("A clear yes of somebody who knows what it is about"))
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=lambda: reasons_of(Category.AGREE))
    offer = forms.ChoiceField(label=gettext_lazy("Offer"), choices=catalogue.choices)
    promised_on = day(gettext_lazy("Pays on"))
    amount_told = rupiah(gettext_lazy("Amount told"))
    recording = forms.CharField(
        label=gettext_lazy("Recording, or call id"), max_length=80, strip=True,
        error_messages={"required": gettext_lazy("An agreement needs its recording.")},
    )  # fmt: skip
    note = words(gettext_lazy("Note"), required=False, length=NOTE, rows=1)
    left_out = ("amount_told",)  # it stands at the result, and the next call may be with anybody

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case.shows_debt:
            self.fields["amount_told"].initial = self.case.owed.total
        for name in ("reason", "offer"):  # with the day a proposal, which the customer's clear yes confirms
            choices: Any = self.fields[name].choices  # type: ignore[attr-defined]
            self.fields[name].initial = next((value for value, _label in choices if value), "")
        self.fields["promised_on"].initial = next_working_day(timezone.localdate())
        made = contact.dialled(self.case)
        self.fields["recording"].initial = (made.recording or made.call_id) if made else ""
        self._say_terms()

    def _say_terms(self) -> None:
        """What the chosen offer asks stands beside the bills, and follows offer and day."""
        if not self.case.shows_debt:
            return
        follows = {
            "hx-get": reverse("caring-terms", args=[self.case.pk]), "hx-swap": "innerHTML",
            "hx-include": "closest form", "hx-params": "offer,promised_on", "hx-target": f"#terms-{self.case.pk}",
        }  # fmt: skip
        self.fields["offer"].widget.attrs |= {**follows, "hx-trigger": "load, change"}
        self.fields["promised_on"].widget.attrs |= {**follows, "hx-trigger": "change"}

    def clean_promised_on(self) -> date:
        on: date = self.cleaned_data["promised_on"]
        if on < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return on

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        told, owed = cleaned.get("amount_told"), self.case.owed
        if told is not None and told != owed.total:
            words = {"amount": in_rupiah(owed.total), "parts": catalogue.told_in_words(owed)}
            self.add_error("amount_told", _("%(amount)s is owed (%(parts)s): tell that amount.") % words)
        if cleaned.get("offer") and cleaned.get("promised_on"):
            for problem in catalogue.problems(self.case, cleaned["offer"], cleaned["promised_on"]):
                self.add_error("promised_on", problem)
        return cleaned


class FaultForm(StepForm):
    """What is out of order; where the desk that repairs calls the customer back."""

    report = words(gettext_lazy("What the customer reports"), length=400)
    number = forms.CharField(label=gettext_lazy("Calls from"), max_length=30, strip=True, required=False)
    masked = ("number",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].initial = contact.number_of(self.case) or self.case.number_called

    def clean_number(self) -> str:
        number = normal(self.cleaned_data["number"] or str(self.fields["number"].initial))
        if number and not is_telephone(number):
            raise forms.ValidationError(_("This is no telephone number."))
        return number


class GiveBackForm(StepForm):
    note = words(gettext_lazy("Reason"), length=300)


class ExcludeForm(StepForm):
    why = forms.ChoiceField(label=gettext_lazy("Why"), choices=[one for one in Excluded.choices if one[0]])
    note = words(gettext_lazy("Note"), length=300)


class QuotaForm(StepForm):
    """The team leader gives a prospect to a team that calls, or to all."""

    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), queryset=Team.objects.none(), required=False,
        empty_label=gettext_lazy("none: in nobody's quota"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams_that_call(self.case.desk_id)  # type: ignore[attr-defined]
