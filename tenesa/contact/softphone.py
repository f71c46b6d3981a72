"""The port to the agents' softphone, and the link that dials where there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from django.conf import settings

from tenesa.accounts.models import User
from tenesa.contact.numbers import international
from tenesa.systems import breaker, clients
from tenesa.systems.errors import Refused, Unavailable
from tenesa.systems.http import Origin
from tenesa.systems.softphone.values import CallLog

Answer = TypeVar("Answer")
SYSTEM = "softphone"


class Softphone(Protocol):
    """What a softphone can do; raises `Refused` (NO_DEVICE, BUSY, INVALID, NOT_FOUND) or `Unavailable`."""

    def dial(self, number: str, *, agent: str, key: str) -> str: ...

    def hang_up(self, call_id: str) -> None: ...

    def call_log(self, call_id: str) -> CallLog: ...


def ask(agent: User, question: Callable[[Softphone], Answer]) -> Answer:
    """Ask the softphone on behalf of a person, unless it is known to be down: then Unavailable at once."""
    healthy = breaker.let_through(SYSTEM)
    try:
        answer = question(clients.softphone(Origin(agent.username)))
    except Unavailable as error:
        breaker.failed(SYSTEM, error)
        raise
    except Refused:
        if not healthy:
            breaker.answered(SYSTEM)
        raise
    if not healthy:
        breaker.answered(SYSTEM)
    return answer


def link(number: str) -> str:
    """What the browser hands to a telephone of its own: "tel:+622155501234", or as the setting says ("sip:…")."""
    return str(settings.CONTACT_LINK).format(number=international(number))
