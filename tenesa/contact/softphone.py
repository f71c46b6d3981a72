"""The port to the agents' softphones, which of them a purpose dials with, and the link for who has none."""

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


class Softphone(Protocol):
    """What a softphone can do; raises `Refused` (NO_DEVICE, BUSY, INVALID, NOT_FOUND) or `Unavailable`."""

    def dial(self, number: str, *, agent: str, key: str) -> str: ...

    def hang_up(self, call_id: str) -> None: ...

    def call_log(self, call_id: str) -> CallLog: ...


PHONES: dict[str, Callable[[Origin], Softphone]] = {"softphone": clients.softphone, "eyebeam": clients.eyebeam}


def system_of(purpose: str) -> str:
    """The system that calls of a purpose are dialled with, by CONTACT_SOFTPHONES."""
    return str(settings.CONTACT_SOFTPHONES[purpose])


def ask(agent: User, purpose: str, question: Callable[[Softphone], Answer]) -> Answer:
    """Ask the purpose's softphone on behalf of a person, unless it is known to be down: then Unavailable at once."""
    system = system_of(purpose)
    healthy = breaker.let_through(system)
    try:
        answer = question(PHONES[system](Origin(agent.username)))
    except Unavailable as error:
        breaker.failed(system, error)
        raise
    except Refused:
        if not healthy:
            breaker.answered(system)
        raise
    if not healthy:
        breaker.answered(system)
    return answer


def link(number: str) -> str:
    """What the browser hands to a telephone of its own: "tel:+622155501234", or as the setting says ("sip:…")."""
    return str(settings.CONTACT_LINK).format(number=international(number))
