"""Bodies in JSON have the types that the step's form says: nothing is turned into a text that was none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from tenesa.accounts.models import Actor
from tenesa.mail.recipient_form import AddressesField
from tenesa.workflow.errors import InvalidInput
from tenesa.workflow.step import StepForm

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True)
class JsonType:
    """A type as the schema names it, whether a value has it, and what is said of one that has not."""

    name: str
    holds: Callable[[Any], bool]
    refusal: _StrOrPromise


TEXT = JsonType("string", lambda value: isinstance(value, str), gettext_lazy("This has to be text."))
YES_NO = JsonType("boolean", lambda value: isinstance(value, bool), gettext_lazy("This has to be true or false."))
TEXTS = JsonType(
    "array",
    lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    gettext_lazy("This has to be a list of texts."),
)
ADDRESSES = JsonType(
    "array",
    lambda value: TEXT.holds(value) or TEXTS.holds(value),
    gettext_lazy("This has to be a text of addresses, or a list of them."),
)
NUMBER = JsonType("integer", lambda value: type(value) is int, gettext_lazy("This has to be a whole number."))
ROW = JsonType(
    "string", lambda value: type(value) in {str, int}, gettext_lazy("This has to be the key of one of the list.")
)
FILES = JsonType("file", lambda value: False, gettext_lazy("Files are sent as multipart/form-data."))
TYPES: tuple[tuple[type[forms.Field], JsonType], ...] = (  # the first that fits; everything else is text
    (forms.FileField, FILES),
    (AddressesField, ADDRESSES),
    (forms.BooleanField, YES_NO),
    (forms.MultipleChoiceField, TEXTS),
    (forms.ModelMultipleChoiceField, TEXTS),
    (forms.ModelChoiceField, ROW),
    (forms.IntegerField, NUMBER),
)


def type_of(field: forms.Field) -> JsonType:
    return next((json_type for kind, json_type in TYPES if isinstance(field, kind)), TEXT)


def inputs_of(
    request: Request, form: type[StepForm] | None, case: Any = None, actor: Actor | None = None
) -> dict[str, Any]:
    """The body as the form takes it; InvalidInput where JSON has a field of another type, or one that none asks for.

    With the case also fields that the form makes for it, such as the criteria of an instrument.
    """
    data: Any = request.data
    if isinstance(data, QueryDict):
        return cast("dict[str, Any]", data)
    if not isinstance(data, dict):
        raise InvalidInput({NON_FIELD_ERRORS: [_("The body has to be one JSON object.")]})
    fields = form.base_fields if form else {}
    if form and case is not None and actor is not None and not fields.keys() >= data.keys():
        fields = form(case=case, actor=actor).fields
    errors = {name: [text] for name, value in data.items() if (text := _refusal(fields.get(name), value))}
    if errors:
        raise InvalidInput(errors)
    return data


def _refusal(field: forms.Field | None, value: Any) -> str:
    if field is None:
        return _("There is no such input.")
    wanted = type_of(field)
    return "" if wanted.holds(value) else str(wanted.refusal)
