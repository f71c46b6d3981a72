"""What REST takes in as a body: JSON and forms that the database can hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, FormParser, JSONParser, MultiPartParser

from tenesa import door

DEEPEST = 20  # levels of a body; no step asks for more than two


class CleanJson(JSONParser):
    """JSON: no key twice, not deeper than `DEEPEST`, no text that no column can hold."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            read = json.loads(stream.read().decode(), parse_constant=_refuse, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            own = error.args[0] if isinstance(error, _Refused) else ""
            raise ParseError(own or _("The body is not readable as JSON in UTF-8.")) from None
        _check(read, DEEPEST)
        return read


class _Refused(ValueError):
    pass


def _refuse(name: str) -> None:
    raise _Refused(_("“%(name)s” is no number of JSON.") % {"name": name})


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Refused(_("A name stands twice in the body."))
    return found


def _check(value: Any, levels: int) -> None:
    if not levels:
        raise ParseError(_("The body is nested deeper than %(n)d levels.") % {"n": DEEPEST})
    if isinstance(value, dict):
        for name, inner in value.items():
            _check(name, levels - 1)
            _check(inner, levels - 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, levels - 1)
    elif isinstance(value, str) and door.UNSTORABLE.search(value):
        raise ParseError(_("It contains characters that no text can have (NUL)."))


class _CleanForm(BaseParser):
    """A form: the same words as JSON about what no column can hold."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        read: Any = super().parse(*args, **kwargs)
        for name, values in getattr(read, "data", read).lists():
            _check([name, *values], 3)
        return read


class CleanForm(_CleanForm, FormParser):
    pass


class CleanMultiPart(_CleanForm, MultiPartParser):
    pass
