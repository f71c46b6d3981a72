"""The inputs of the steps of a result; one class serves the page and REST."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from caring.quality import instruments
from caring.quality.models import Instrument
from caring.results import tape
from caring.results.states import ReturnClass
from caring.tree import TREE, Reason, reasons_of
from tenesa.workflow.fields import day, words
from tenesa.workflow.step import StepForm

RECORDED = "RECORDED"  # the criterion that there is a recording, by its code
OK = [("OK", gettext_lazy("OK")), ("NOT_OK", gettext_lazy("Not OK"))]


class NoteForm(StepForm):
    note = words(gettext_lazy("Note"), length=300)


class ReasonForm(StepForm):
    reason = words(gettext_lazy("Reason"), length=300)


class ReinputForm(StepForm):
    """What is entered again; unchanged it is the same version."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"))
    note = words(gettext_lazy("Note"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        field.choices, field.initial = reasons_of(TREE[Reason(self.case.reason)].category), self.case.reason
        self.fields["note"].initial = self.case.remark


class AskReinputForm(StepForm):
    difference = words(gettext_lazy("What differs"), length=300)
    by = day(gettext_lazy("Enter again by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["difference"].initial = self.case.difference
        self.fields["by"].initial = self.case.reinput_by


class VerdictForm(StepForm):
    """The six criteria of F-18, each OK or not, and the scorecard where QC fills it in (8.1).

    On the page all is preset to OK, so that whoever listened changes only what is not, and sends it on purpose: no key
    alone approves. That there is a recording is preset only where APPREC has found it. Who scores for a calibration, or
    sends it by REST, says each criterion. Without `scored` the scorecard is left out.
    """

    asks = True

    scored = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
    note = words(gettext_lazy("Note"), required=False)
    left_out = ("ticks", "scores", "scored")
    must_be_ok: bool | None = True  # None: the scorer of a calibration may find either

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gate = instruments.current(Instrument.Kind.GATE).items.all()
        self.scorecard = instruments.current(Instrument.Kind.SCORECARD).items.all()
        own: dict[str, forms.Field] = {}
        for item in self.gate:
            is_open = self.must_be_ok is None or (item.code == RECORDED and not tape.is_found(self.case))
            own[f"gate_{item.code}"] = forms.ChoiceField(
                label=item.words, choices=OK, widget=forms.RadioSelect, required=is_open,
                initial=None if is_open else "OK",
                help_text=item.get_critical_display() if item.critical else "",
            )  # fmt: skip
        for item in self.scorecard:
            label = f"{item.words} ({item.weight})"
            own[f"score_{item.code}"] = forms.BooleanField(label=label, required=False, initial=True)
        self.fields = {**own, **self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for item in self.gate:
            if not cleaned.get(f"gate_{item.code}") and f"gate_{item.code}" not in self.errors:
                self.add_error(f"gate_{item.code}", _("Say whether it is met."))
        gate = {item.code: cleaned.get(f"gate_{item.code}") == "OK" for item in self.gate}
        scores = {item.code: bool(cleaned.get(f"score_{item.code}")) for item in self.scorecard}
        cleaned["ticks"] = gate
        cleaned["scores"] = scores if cleaned.get("scored") else {}
        if not self.errors and self.must_be_ok is not None and all(gate.values()) != self.must_be_ok:
            raise forms.ValidationError(self._contradiction())
        return {name: value for name, value in cleaned.items() if not name.startswith(("gate_", "score_"))}

    def _contradiction(self) -> str:
        if self.must_be_ok:
            return _("All six criteria have to be OK; otherwise return it (8 langkah 4).")
        return _("Say which criterion is not met.")


class ReturnForm(VerdictForm):
    return_class = forms.ChoiceField(label=gettext_lazy("Kind of return"), choices=ReturnClass.choices)
    recommendation = words(gettext_lazy("Recommendation to the agent"), length=300)
    must_be_ok = False
