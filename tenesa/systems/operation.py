"""The list of what the outbox can ask of which system: (system, operation) → a function of the payload.

Filled at start-up by the modules of operations.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tenesa.systems.http import Origin

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from tenesa.systems.models import ExternalCall
    from tenesa.systems.registry import Operation

Payload = dict[str, Any]
OPERATIONS: dict[tuple[str, str], Operation] = {}
TITLES: dict[tuple[str, str], _StrOrPromise] = {  # first what is asked at once, with no row in the outbox
    ("mycx", "results"): _("reading of the results"),
    ("nossa", "changes"): _("reading of changed incidents"),
    ("ioc", "status"): _("reading of the report's state"),
    ("cti", "agent_state"): _("reading of an agent's state"),
    ("cti", "set_agent_state"): _("setting of an agent's state"),
    ("mykiss", "tree"): _("reading of the pages' list"),
    ("softphone", "dial"): _("dialling"),
    ("softphone", "hang_up"): _("hanging up"),
    ("tamara", "export"): _("export of the results"),
    ("tamara", "qc_list"): _("reading of the list for QC"),
    ("eyebeam", "call"): _("dialling"),
    ("eyebeam", "end"): _("hanging up"),
    ("eyebeam", "history"): _("reading of the calls"),
    ("apprec", "audio"): _("reading of the recording"),
    ("nonatero", "counts"): _("reading of the counts"),
}


def operation(system: str, name: str, title: _StrOrPromise) -> Callable[[Operation], Operation]:
    """Enter a function as what the outbox does for (system, name); `title` is what people read."""

    def enter(run: Operation) -> Operation:
        OPERATIONS[system, name], TITLES[system, name] = run, title
        return run

    return enter


def origin_of(call: ExternalCall) -> Origin:
    """The person (or the system) and the clause whose step caused the call."""
    event = call.event
    return Origin(event.actor.username if event.actor else "system", event.clause)


def operation_of(system: str, name: str) -> Operation:
    """LookupError says plainly which call nobody can make."""
    try:
        return OPERATIONS[system, name]
    except KeyError:
        raise LookupError(f"There is no operation {system}.{name}.") from None


def label_of(system: str, name: str) -> str:
    """What a call does, in the words of people; a call of a version that is gone keeps its own name."""
    return str(TITLES.get((system, name), name.replace("_", " ")))
