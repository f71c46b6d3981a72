"""The calls to the customer beside a request: what was tried, how much of it counts, whether the next is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pending.contact import appointed_in_words, rule
from pending.models import PendingRequest
from pending.states import State
from tenesa.accounts.models import User
from tenesa.contact.models import ContactAttempt
from tenesa.mail.moments import moment_words
from tenesa.workspace.desk import Desk
from tenesa.workspace.dialling import DialPart, part_of


@dataclass(frozen=True)
class Calls:
    """`now` says that the customer is being asked; `script` is what to say to them; `dial` draws the button."""

    obj: PendingRequest
    attempts: Sequence[ContactAttempt]
    now: bool
    counted: int
    needed: int
    dial: DialPart | None

    @property
    def counts(self) -> bool:
        """Whether attempts are what the request waits for: nobody was reached yet."""
        return self.now and not (self.obj.connected_at or self.obj.call_back_at)

    @property
    def appointed(self) -> str:
        """In the customer's time, ours beside it."""
        return appointed_in_words(self.obj)

    @property
    def script(self) -> str:
        return self.obj.reason.script

    @property
    def consent(self) -> str:
        """W-02 1.2.3: whatever the reason's own words are, the customer is asked whether they agree to the hold."""
        until = moment_words(self.obj.asked_until)
        return f"Apakah Bapak/Ibu setuju penanganan tiket {self.obj.incident} kami tunda sampai {until}?"


def to_call(request: PendingRequest) -> str:
    """Why the next act is to dial; "" where a step is suggested."""
    if request.is_unread or request.connected_at is not None:
        return ""
    if request.call_back_at is not None:
        return _("The customer asked to be called at %(time)s.") % {"time": appointed_in_words(request)}
    if rule().met(request.tried):
        return ""
    if request.attempts_made:
        return _("Not reached yet: the next attempt is allowed.")
    return _("The customer was not asked yet.")


def calls_of(desk: Desk, request: PendingRequest, user: User) -> Calls | None:
    """None where nobody was called and nobody is to be; number and script are for whoever may call (X-09)."""
    calls = user.has_role(*desk.steps["record_attempt"].roles)
    attempts, now, needed = request.attempts, calls and request.state == State.CONTACTING, rule()
    if not attempts and not now:
        return None
    dial = part_of(desk, request, user, reason=to_call(request))
    return Calls(request, attempts, now, needed.counted(request.tried), needed.attempts, dial)
