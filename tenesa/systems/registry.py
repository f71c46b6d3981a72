"""Who makes a call and who hears of its outcome. Filled at start-up; the platform never imports an app."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenesa.systems.models import ExternalCall

Operation = Callable[[dict[str, Any], "ExternalCall"], dict[str, Any]]
Handler = Callable[["ExternalCall"], None]
Unwanted = Callable[["ExternalCall"], str]

_handlers: dict[str, Handler] = {}
_unwanted: dict[str, Unwanted] = {}


def register_results(procedure: str, handler: Handler, unwanted: Unwanted | None = None) -> None:
    """Tell the platform who takes steps from the outcome of a procedure's calls.

    The handler runs in a transaction with the call's row locked. It is called once when the outcome is final (answered,
    REFUSED, DEAD), and for a call still WAITING after its first failed try, so that people can be told of a delay.
    `unwanted` says in words why a call that was given up is not to be made any more, or ""; its case is locked.
    """
    _handlers[procedure] = handler
    if unwanted is not None:
        _unwanted[procedure] = unwanted


def handler_of(procedure: str) -> Handler:
    """The handler of a procedure; LookupError says plainly which one nobody registered."""
    try:
        return _handlers[procedure]
    except KeyError:
        raise LookupError(f"No procedure “{procedure}” takes answers of outside systems.") from None


def why_unwanted(call: ExternalCall) -> str:
    ask = _unwanted.get(call.procedure)
    return ask(call) if ask else ""
