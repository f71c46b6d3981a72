"""Internal notes of a case: the step's form, its effect, and reading them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.workflow.readings import Reading
from tenesa.workflow.step import AddRow, Outgoing, StepContext, StepForm, effect
from tenesa.workspace import mentions
from tenesa.workspace.models import Note

if TYPE_CHECKING:
    from tenesa.workflow.case import Case


class NoteForm(StepForm):
    """A note; who is named in it by "@" stands in the history as `mentions`, and is told."""

    left_out = ("text",)
    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), max_length=5_000)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "text" in cleaned:
            try:
                cleaned["text"], cleaned["mentions"] = mentions.resolve(cleaned["text"], self.case)
            except forms.ValidationError as refused:
                self.add_error("text", refused)
        return cleaned


@effect(_("the note is kept"))
def keep_note(case: Case, taken: StepContext) -> Iterable[Outgoing]:
    yield from noted(case, taken, taken.inputs["text"])


def noted(case: Case, taken: StepContext, text: str) -> Iterable[Outgoing]:
    """The row of a note by whoever takes the step; the system writes none."""
    if isinstance(taken.actor, User):
        row = Note(procedure=case.procedure_name(), case_id=case.pk, author=taken.actor, text=text, at=taken.at)
        yield AddRow(row)


def of(case: Case) -> QuerySet[Note]:
    """Notes of the case and of those merged into it, with their authors."""
    notes = Note.objects.filter(procedure=case.procedure_name(), case_id__in=case.family())
    return notes.select_related("author")


NOTES = Reading("notes", of)


def texts(procedure: str, ids: Sequence[int]) -> list[tuple[int, str]]:
    """(case id, text as it is read) of the notes of these cases, newest first."""
    notes = Note.objects.filter(procedure=procedure, case_id__in=ids)
    found = list(notes.order_by("-pk").values_list("case_id", "text"))
    names = mentions.names_in(text for _case_id, text in found)
    return [(case_id, mentions.named(text, names)) for case_id, text in found]
