"""How a procedure takes part in the mail platform: it registers its handlers in `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from tenesa.mail.values import Filed, ParsedMail, Returned, ThreadMatch

if TYPE_CHECKING:
    from tenesa.accounts.models import User
    from tenesa.mail.models import InboundMail, OutboundMail

Receive = Callable[["InboundMail", ParsedMail, ThreadMatch | None], Filed]
Told = Callable[["OutboundMail"], None]
Visible = Callable[["User", int], bool]
Figures = Callable[["OutboundMail"], Mapping[str, str]]
Attention = Callable[[int, str], None]
ByNumber = Callable[[Sequence[str]], Iterable[int]]


@dataclass(frozen=True)
class Handlers:
    """The calls of one procedure.

    receive: called inside the filing transaction; opens a case or attaches the mail. An exception undoes it.
    delivered, undeliverable: called with the mail's row locked; take a step by the system, in words of the procedure.
    visible: may this user know of this case? Everything else of a mail hangs on the answer.
    attention: something that goes along with a mail's filing failed and was left out; the words say what.
    by_number: cases that the numbers written in a subject name (incident or case number), newest first.
    figures: what the template of a scheduled mail is given about its case, as it is when the mail leaves.
    """

    receive: Receive
    delivered: Told
    undeliverable: Told
    visible: Visible
    by_number: ByNumber
    figures: Figures = lambda mail: {}
    attention: Attention = lambda case_id, words: None


_handlers: dict[str, Handlers] = {}
_bounced: dict[str, Callable[[int, Returned], None]] = {}
ended_without_case: list[Callable[[], None]] = []  # told after commit, also when a person decided; must not raise


def register(
    procedure: str,
    *,
    receive: Receive,
    delivered: Told = lambda mail: None,
    undeliverable: Told = lambda mail: None,
    visible: Visible = lambda user, case_id: False,
    by_number: ByNumber = lambda numbers: (),
    figures: Figures = lambda mail: {},
    attention: Attention = lambda case_id, words: None,
) -> None:
    """Tell the platform who handles the mail of a procedure, named as in `Case.procedure_name()`."""
    _handlers[procedure] = Handlers(receive, delivered, undeliverable, visible, by_number, figures, attention)


def handlers(procedure: str) -> Handlers:
    """The handlers of a procedure; LookupError says plainly which one nobody registered."""
    try:
        return _handlers[procedure]
    except KeyError:
        raise LookupError(f"No procedure “{procedure}” receives mail.") from None


def on_bounce(name: str, listener: Callable[[int, Returned], None]) -> None:
    """Whom to tell that a mail of no case came back, in the filing transaction.

    `token.new_message_id(name, number, …)` made its Message-ID; the listener is given the number.
    """
    _bounced[name] = listener


def is_of_no_case(name: str) -> bool:
    return name in _bounced


def came_back(name: str, number: int, returned: Returned) -> bool:
    """Tell of it; False where nobody listens to this name."""
    if name not in _bounced:
        return False
    _bounced[name](number, returned)
    return True


def tell_of_mails_without_case() -> None:
    """After the transaction: the pages of mails without a case show something else now."""
    for listener in ended_without_case:
        transaction.on_commit(listener, robust=True)


def known(procedure: str) -> bool:
    return procedure in _handlers
