"""Who makes a call and who hears of its outcome. Filled at start-up; the platform never imports an app."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenesa.systems.models import ExternalCall

Operation = Callable[[dict[str, Any], "ExternalCall"], dict[str, Any]]
Handler = Callable[["ExternalCall"], None]

_handlers: dict[str, Handler] = {}


def register_results(procedure: str, handler: Handler) -> None:
    """Tell the platform who takes steps from the outcome of a procedure's calls.

    The handler runs in a transaction with the call's row locked. It is called once when the outcome is final (answered,
    REFUSED, DEAD), and for a call still WAITING after its first failed try, so that people can be told of a delay.
    """
    _handlers[procedure] = handler


def handler_of(procedure: str) -> Handler:
    """The handler of a procedure; LookupError says plainly which one nobody registered."""
    try:
        return _handlers[procedure]
    except KeyError:
        raise LookupError(f"No procedure “{procedure}” takes answers of outside systems.") from None
