"""The first-run tour: seven hints for the work of a person's roles, beside the work and never over it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import AGENTS, LEADERS, Role

Words = str | Promise
_FIND = _("Ctrl K finds every step, template, case and page; “/” searches the cases.")
_KEYS = _("Hold “?” to see the keys on the buttons, press it shortly for the list. Shift 1 to 9 goes to a desk.")
_OWN = _("Password, language, signature, appearance and keys are yours: “My settings” in the menu of your account.")

OF_AGENTS: tuple[Words, ...] = (
    _("Your list is in the order of urgency, with the reason in each row. “j” and “k” go through it, Enter opens."),
    _("The right side is the procedure: what was done, what comes next, and why something cannot be done yet."),
    _("The step that the facts ask for is open, with its reason; “0” takes it, “1” to “9” take the others."),
    _("“r” writes to the customer, “n” an internal note. What you type is kept; Ctrl Enter sends."),
    _("“u” takes back what has just been sent or done, as long as it says so."),
    _FIND,
    _OWN,
)
OF_LEADERS: tuple[Words, ...] = (
    _("“Board” in the menu shows all desks at this moment; each figure leads to its list."),
    _("What you have to decide stands first in the menu. “y” approves, “s” gives back, “t” takes the case over."),
    _("“x” picks rows of a list, “b” does one thing on all of them."),
    _("The right side of a case is its procedure: what was done, what comes next, and what stands in the way."),
    _KEYS,
    _FIND,
    _OWN,
)
OF_QC: tuple[Words, ...] = (
    _("Your list has what waits for a judgement, the oldest first. “j” and “k” go through it, Enter opens."),
    _("“a” takes one for you, so that nobody else judges it at the same time."),
    _("The sheet stands on the right, with its clauses. A judgement that was given is never changed."),
    _("What is wrong goes back with the reason in words; who made it reads them."),
    _KEYS,
    _FIND,
    _OWN,
)
TOURS = (
    (LEADERS, OF_LEADERS),
    (frozenset({Role.QCO}), OF_QC),
    (AGENTS, OF_AGENTS),
)


@dataclass(frozen=True)
class Hint:
    at: int  # from 1
    words: Words

    @property
    def is_last(self) -> bool:
        return self.at == User.TOUR


def hints_of(user: object) -> tuple[Words, ...]:
    """Of the first of a person's roles that has a tour; () for everybody else."""
    if not isinstance(user, User) or user.is_outside:
        return ()
    return next((hints for roles, hints in TOURS if user.has_role(*roles)), ())


def hint_for(user: object) -> Hint | None:
    """The hint that waits; None once the tour was ended."""
    hints = hints_of(user)
    if not isinstance(user, User) or user.tour_hint >= len(hints):
        return None
    return Hint(user.tour_hint + 1, hints[user.tour_hint])
