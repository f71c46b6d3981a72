"""What NOSSA says of a ticket while somebody still types a request about it (W-02 1.2.2): read at once, kept nowhere.

The desk checks again when it takes the request; this answer only spares a request that would be turned down.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from pending.models import PendingRequest
from pending.services import live_of
from pending.states import HELD
from tenesa.accounts.models import User
from tenesa.systems import breaker, clients
from tenesa.systems.errors import Refused, Unavailable
from tenesa.systems.http import Origin
from tenesa.systems.operations import REPAIRED
from tenesa.systems.readings import INCIDENT

PATIENCE = 3.0  # seconds that somebody who types waits


@dataclass(frozen=True)
class Answer:
    """`signal` is met, risk, breach or "" where nothing is known; `known` leads to a request that lives already."""

    words: str
    signal: str = ""
    known: PendingRequest | None = None


def check(text: str, user: User) -> Answer | None:
    """None where no number stands there yet."""
    number = text.strip().upper()
    if not number:
        return None
    if not INCIDENT.fullmatch(number):
        return Answer(_("A ticket number looks like IN10482213."), "breach")
    live = live_of(number)
    return _asked_already(live, user) if live else _told(number, user)


def _told(number: str, user: User) -> Answer:
    try:
        breaker.let_through("nossa")
        incident = clients.nossa(Origin(user.username, "W-02 1.2.1"), patience=PATIENCE).incident(number)
    except Refused as error:
        return Answer(_("NOSSA does not know this ticket.") if error.code == "NOT_FOUND" else error.message, "breach")
    except Unavailable as error:
        breaker.failed("nossa", error)
        words = _("NOSSA does not answer now: the request can be sent, the desk checks the number (1.2.2).")
        return Answer(words, "risk")
    words, signal = _("NOSSA: %(number)s is open, %(status)s."), "met"
    if incident.status in REPAIRED:
        words, signal = _("NOSSA: %(number)s is %(status)s, there is nothing to put on hold."), "breach"
    elif incident.status in HELD:
        words, signal = _("NOSSA: %(number)s is on hold already (%(status)s)."), "breach"
    return Answer(words % {"number": number, "status": incident.status}, signal)


def _asked_already(live: PendingRequest, user: User) -> Answer:
    if live.is_seen_by(user):
        return Answer(_("There is a request about this ticket already:"), "risk", live)
    return Answer(_("Somebody asked about this ticket already: one request at a time."), "breach")
