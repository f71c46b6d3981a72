"""What desks know of each other: the cases of a customer, and how a case of another procedure is asked for.

Procedures register in AppConfig.ready. Everything is given as values, never as rows of another app.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from django.db.models import Q
from django.utils.functional import Promise

from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.mail.models import Mailbox
from tenesa.mail.recipients import Conversation
from tenesa.workflow.case import Case
from tenesa.workflow.procedures import visible

MOST = 20  # cases of one procedure


# --- cases of a customer ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Known:
    """What a customer is known by: a case that has one of these is theirs."""

    reference: str = ""
    addresses: Collection[str] = ()
    services: Collection[str] = ()
    incidents: Collection[str] = ()


Ways = Callable[[Known], Iterable[Q]]
_ways: dict[type[Case], tuple[Ways, tuple[str, ...]]] = {}


def register_cases(procedure: type[Case], ways: Ways, related: Iterable[str] = ()) -> None:
    """`ways` gives one condition for each thing known, each by an index; `related` is what title and who read."""
    _ways[procedure] = ways, tuple(related)


def cases_of(known: Known, actor: Actor, *, but: Case | None = None, most: int = MOST) -> list[Case]:
    """The customer's cases over all procedures that this actor may know of, newest first, at most `most`."""
    found: list[Case] = []
    for procedure, (ways, related) in _ways.items():
        cases = visible(procedure, actor)
        if but is not None and isinstance(but, procedure):
            cases = cases.exclude(pk=but.pk)
        wanted = [cases.filter(way).order_by("-pk").values("pk").distinct()[:most] for way in ways(known)]
        if wanted:
            newest = procedure._default_manager.filter(pk__in=wanted[0].union(*wanted[1:]))
            found += newest.select_related(*related).order_by("-pk")[:most]
    return sorted(found, key=lambda case: (case.opened_at, case.pk), reverse=True)[:most]


class Correspondence(Protocol):
    """A case whose customer writes e-mails and is answered in their conversation."""

    mailbox: Mailbox
    conversation: Conversation


def correspondence_about(incident: str) -> Correspondence | None:
    """The newest case about the incident whose customer writes e-mails."""
    cases = cases_of(Known(incidents=[incident]), SYSTEM)
    found = next((case for case in cases if hasattr(type(case), "conversation")), None)
    return cast("Correspondence | None", found)


# --- open a case of another procedure --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Entry:
    """How a case is asked for from elsewhere. `takes` names the facts it can be given, with their labels.

    `address` is the form that has these facts filled in, "" where this person cannot ask for one now.
    """

    label: Promise
    icon: str
    takes: Mapping[str, Promise]
    address: Callable[[Mapping[str, str], User], str]


@dataclass(frozen=True)
class Opening:
    """An entry that is open to somebody, with the facts it takes in words."""

    label: Promise
    icon: str
    address: str
    facts: list[tuple[Promise, str]]


_entries: dict[type[Case], Entry] = {}


def register_entry(procedure: type[Case], entry: Entry) -> None:
    _entries[procedure] = entry


def open_case(procedure: type[Case], facts: Mapping[str, str], user: User) -> Opening | None:
    """Where a case of the procedure is opened with these facts; None where it takes none of them, or not now."""
    entry = _entries.get(procedure)
    given = {name: facts[name] for name in entry.takes if facts.get(name)} if entry else {}
    address = entry.address(given, user) if entry and given else ""
    if not entry or not address:
        return None
    return Opening(entry.label, entry.icon, address, [(entry.takes[name], value) for name, value in given.items()])


def openings(facts: Mapping[str, str], user: User, *, but: type[Case] | None = None) -> list[Opening]:
    """What may be asked for with these facts, of every procedure but this one."""
    offered = [open_case(procedure, facts, user) for procedure in _entries if procedure is not but]
    return [one for one in offered if one is not None]
