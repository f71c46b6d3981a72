"""The cases of a customer over all procedures, the ways to open a case of another procedure, and to hand one over.

Procedures register in AppConfig.ready. Everything is given as values, never as rows of another app.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Protocol, cast

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tenesa.accounts.models import SYSTEM, Actor, User
from tenesa.mail.models import Mailbox
from tenesa.mail.recipients import Conversation
from tenesa.workflow.at_once import Part, rows_of
from tenesa.workflow.case import Case
from tenesa.workflow.errors import NotNow
from tenesa.workflow.procedures import visible

MOST = 20  # cases of one procedure


# --- cases of a customer ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class CustomerKeys:
    """Values that a customer is known by: a case that has one of them is theirs."""

    reference: str = ""
    addresses: Collection[str] = ()
    services: Collection[str] = ()
    incidents: Collection[str] = ()


Conditions = Callable[[CustomerKeys], Iterable[Q]]
_finders: dict[type[Case], tuple[Conditions, tuple[str, ...]]] = {}


def register_cases(procedure: type[Case], conditions: Conditions, related: Iterable[str] = ()) -> None:
    """One condition for each key that is given, each by an index; `related` is what `title` and `who` read."""
    _finders[procedure] = conditions, tuple(related)


def cases_of(keys: CustomerKeys, actor: Actor, *, but: Case | None = None, most: int = MOST) -> list[Case]:
    """The customer's cases over all procedures that this actor may know of, newest first, at most `most`."""
    found = [case for procedure in _finders for case in _cases_of(procedure, keys, actor, most + 1) if case != but]
    return sorted(found, key=lambda case: (case.opened_at, case.pk), reverse=True)[:most]


def _cases_of(procedure: type[Case], keys: CustomerKeys, actor: Actor, most: int) -> Iterable[Case]:
    """Of one procedure, in one query."""
    found = _newest(procedure, keys, actor, most)
    return () if found is None else found


def _newest(
    procedure: type[Case], keys: CustomerKeys, actor: Actor, most: int, below: int | None = None
) -> QuerySet[Any] | None:
    """The newest of each condition, each by its own index; of those below a number, where one is given."""
    conditions, related = _finders[procedure]
    cases = visible(procedure, actor).order_by("-pk")
    if below is not None:
        cases = cases.filter(pk__lt=below)
    newest = [cases.filter(condition).values("pk").distinct()[:most] for condition in conditions(keys)]
    if not newest:
        return None
    either = procedure._default_manager.filter(pk__in=newest[0].union(*newest[1:]))
    return either.select_related("owner", *related).order_by("-pk")[:most]


def of_customers() -> list[type[Case]]:
    """The procedures whose cases are of customers."""
    return list(_finders)


def keys_of(procedure: type[Case], keys: CustomerKeys, actor: Actor) -> QuerySet[Any] | None:
    """The keys of all cases of the customer that this actor may know of, for a question about what belongs to them."""
    found = [visible(procedure, actor).filter(one).order_by().values("pk") for one in _finders[procedure][0](keys)]
    return found[0].union(*found[1:]) if found else None


SAID, BELOW = "said", -1_000_000  # stand for keys and a number in a statement that is written once
EVERY = 2**62


def newest(
    keys: CustomerKeys, user: User, procedures: Sequence[type[Case]], most: int, below: Mapping[type[Case], int]
) -> dict[type[Case], list[Case]]:
    """The customer's cases of each procedure that this person may know of, newest first, at most so many; all in one
    question. `below`: of a procedure only those with a smaller number."""
    pattern, values = _pattern(keys)
    shape = (bool(pattern.reference), *map(len, (pattern.addresses, pattern.services, pattern.incidents)))
    parts: list[tuple[type[Case], Part]] = []
    for place, procedure in enumerate(procedures):
        number = BELOW - place
        values[number] = below.get(procedure, EVERY)
        if (written := _newest(procedure, pattern, user, most, number)) is not None:
            key = ("of a customer", procedure, place, shape, most, user.pk, *user.places)
            parts.append((procedure, (key, written.all)))
    found = rows_of([part for _procedure, part in parts], values) if parts else []
    rows = {procedure: rows for (procedure, _part), rows in zip(parts, found, strict=True)}
    return {procedure: rows.get(procedure, []) for procedure in procedures}


def _pattern(keys: CustomerKeys) -> tuple[CustomerKeys, dict[Any, Any]]:
    """Keys that stand for any, in steps of ten, and what they stand for; the last key fills up its kind."""
    values: dict[Any, Any] = {SAID: keys.reference}
    said = {
        name: _stand_ins(name, list(getattr(keys, name)), values) for name in ("addresses", "services", "incidents")
    }
    return CustomerKeys(SAID if keys.reference else "", **said), values


def _stand_ins(name: str, given: Sequence[str], values: dict[Any, Any]) -> list[str]:
    said = [f"{SAID} {name} {place}" for place in range(-(-len(given) // 10) * 10)]
    values.update(zip_longest(said, given, fillvalue=given[-1] if given else ""))
    return said


class MailCase(Protocol):
    """A case whose customer writes e-mails and is answered in their conversation."""

    mailbox: Mailbox
    conversation: Conversation


def mail_case_about(incident: str) -> MailCase | None:
    """The newest case about the incident whose customer writes e-mails."""
    keys, answers = CustomerKeys(incidents=[incident]), (one for one in _finders if hasattr(one, "mailbox"))
    found = (case for procedure in answers for case in _cases_of(procedure, keys, SYSTEM, 1))
    return cast("MailCase | None", next(found, None))


# --- open a case of another procedure --------------------------------------------------------------------------------
@dataclass(frozen=True)
class CaseOpener:
    """The way to open a case of a procedure from elsewhere. `takes` are the facts it can be given, with their labels.

    `address` is the form that has these facts filled in, "" where this person cannot ask for one now.
    """

    label: Promise
    icon: str
    takes: Mapping[str, Promise]
    address: Callable[[Mapping[str, str], User], str]


@dataclass(frozen=True)
class Opening:
    """An opener with its address for one person, and the facts it is given."""

    label: Promise
    icon: str
    address: str
    facts: list[tuple[Promise, str]]


_openers: dict[type[Case], CaseOpener] = {}


def register_opener(procedure: type[Case], opener: CaseOpener) -> None:
    _openers[procedure] = opener


def open_case(procedure: type[Case], facts: Mapping[str, str], user: User) -> Opening | None:
    """Where a case of the procedure is opened with these facts; None where it takes none of them, or not now."""
    opener = _openers.get(procedure)
    given = {name: facts[name] for name in opener.takes if facts.get(name)} if opener else {}
    address = opener.address(given, user) if opener and given else ""
    if not opener or not address:
        return None
    return Opening(opener.label, opener.icon, address, [(opener.takes[name], value) for name, value in given.items()])


def openings(facts: Mapping[str, str], user: User, *, but: type[Case] | None = None) -> list[Opening]:
    """What may be asked for with these facts, of every procedure but this one."""
    offered = [open_case(procedure, facts, user) for procedure in _openers if procedure is not but]
    return [one for one in offered if one is not None]


# --- hand a matter over to the desk it belongs to --------------------------------------------------------------------
FAULT = "fault"  # kinds of matters
Taker = Callable[[Mapping[str, str]], Case]
_takers: dict[str, Taker] = {}


def register_taker(kind: str, taker: Taker) -> None:
    """Who opens a case for matters of this kind, inside the caller's transaction, of `service`, `contact`, `report`."""
    _takers[kind] = taker


def hand_over(kind: str, facts: Mapping[str, str]) -> Case:
    """The case that the desk for such matters has now. Raises NotNow where there is none, InvalidInput."""
    if kind not in _takers:
        raise NotNow([_("No desk of this house takes it.")])
    return _takers[kind](facts)
