"""Auto-in: whoever is ready and has nothing in hand is given the next most urgent case (W-05 1.1.8, 1.1.9; ADR-0047).

Nothing polls: the web process whose pages a person has open gives it, whenever a case or somebody's presence changed
(`tenesa.ui.hub`). Two processes, or two pages, ask one after the other.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from tenesa.accounts.models import Membership, Presence, PresenceState, User
from tenesa.accounts.presence import pause, presence_of
from tenesa.ui.live import name_of, tell
from tenesa.workflow.case import Case
from tenesa.workflow.errors import Refusal
from tenesa.workflow.procedures import visible
from tenesa.workflow.rows import before_step
from tenesa.workflow.step import AddRow, Step, StepContext
from tenesa.workspace import let_go
from tenesa.workspace.desk import Desk, desk_of, desks

logger = logging.getLogger(__name__)
UNOPENED = timedelta(minutes=3)  # whoever lets a case lie so long, until others have it, is not at the desk
UNSEEN = timedelta(minutes=2)  # whose browser was silent so long has gone
READY = Q(state=PresenceState.AVAILABLE, paused=False)


def deliver(people: Iterable[User]) -> int:
    """Give each of these people who is free the most urgent case they may take; return how many were given.

    Whoever waits longest comes first. A queue in which one found nothing is not asked again for people of its places.
    """
    if not settings.AUTO_IN["delivers"]:
        return 0
    pushing = _pushing()
    waiting: dict[tuple[str, Hashable], datetime | None] = {}
    given = 0
    for user in _free(people, pushing):
        ways = [(at, desk) for desk in pushing if (at := _first_of(desk, user, waiting)) is not None]
        if ways and give(user, [desk for _at, desk in sorted(ways, key=lambda way: way[0])]) is not None:
            given += 1
            waiting.clear()
    return given


def give(user: User, ways: Sequence[Desk]) -> Any:
    """The first case that one of these desks has for this person, if they are free; None where they get none.

    Claimed and noted in one transaction, behind a lock of the person: two pages of theirs ask one after the other.
    """
    with alone(user) as presence:
        if presence.paused or presence.state != PresenceState.AVAILABLE or has_in_hand(user):
            return None
        if _was_left_lying(presence):
            pause(user, paused=True)
            return None
        case = _first(user, ways)
        if case is not None:
            now = timezone.now()
            Presence.objects.filter(user=user).update(given=name_of(case), given_at=now, opened_at=None)
            transaction.on_commit(partial(tell, "pop", f"person:{user.pk}"))
        return case


def following(desk: Desk, user: User) -> Any:
    """Next: one's own most urgent case, else one that is taken for this person, else one to look at; None: nothing.

    Raises as `perform` does.
    """
    if (mine := desk.next_for(user)) is not None:
        return mine
    with alone(user):  # auto-in may have given one meanwhile
        left = let_go.by(user.pk, desk.procedure)
        taken = desk.next_for(user) or desk.claim(user, but=left)
        return taken or (desk.claim(user) if left else None) or desk.to_look_at(user)


def after(desk: Desk, user: User, done: Any) -> Any:
    """What follows on a case that was just done with; nothing new while it, or another one, still waits for the person.

    Raises as `perform` does.
    """
    but = [done.pk]
    if (mine := desk.next_for(user, but=but)) is not None:
        return mine
    with alone(user):
        taken = None if has_in_hand(user) else desk.claim(user, but={done.pk} | let_go.by(user.pk, desk.procedure))
        return taken or desk.next_for(user, but=but) or desk.to_look_at(user, but=but)


@contextmanager
def alone(user: User) -> Iterator[Presence]:
    """One claim of a person at a time; their presence stays as it is until it is over."""
    presence_of(user)
    with transaction.atomic():
        yield Presence.objects.select_for_update().get(user=user)


def has_in_hand(user: User) -> bool:
    """Does a case of any desk wait for this person?"""
    return any(
        desk.model._default_manager.filter(desk.in_hand, owner=user).exists()
        for desk in desks()
        if desk.is_open_to(user)
    )


def given_to(user: User) -> tuple[Desk, Any] | None:
    """What was given to this person and is still theirs, but was not opened yet."""
    name = presence_of(user)
    if not name.given or name.opened_at is not None:
        return None
    procedure, _colon, number = name.given.rpartition(":")
    desk = desk_of(procedure)
    if desk is None:
        return None
    case = visible(desk.model, user).select_related(*desk.with_rows).filter(pk=number, owner=user).first()
    return None if case is None else (desk, case)


def waits(presence: Presence | None) -> bool:
    """May something lie there that was given and not opened?"""
    return presence is not None and presence.given != "" and presence.opened_at is None


def opened(user: User, case: Any) -> bool:
    """Note that the person has this case open; True where it is the one that they were given, for the first time."""
    mine = Presence.objects.filter(user=user, given=name_of(case), opened_at=None)
    return bool(mine.update(opened_at=timezone.now()))


def follow_owner(case: Case, step: Step, taken: StepContext) -> Iterator[AddRow]:
    """After a step by which a case came into another's hands: what was given and shown is still true, or goes."""
    before, now = before_step(case).get("owner_id"), getattr(case, "owner_id", None)
    if before != now:
        if before is not None:
            desk = desk_of(case.procedure_name())
            if desk is not None and let_go.is_back(desk, case, before_step(case), step):
                transaction.on_commit(partial(let_go.remember, before, name_of(case)), robust=True)
            transaction.on_commit(partial(_is_gone, before, name_of(case)), robust=True)
        if isinstance(taken.actor, User) and taken.actor.pk == now:
            transaction.on_commit(partial(_withdraw, taken.actor, name_of(case)), robust=True)
    yield from ()


def _is_gone(person: int, name: str) -> None:
    if Presence.objects.filter(user=person, given=name, opened_at=None).exists():
        tell("pop", f"person:{person}")


def _withdraw(user: User, taken: str) -> None:
    """Whoever took another case by themselves, before they opened what they were given: it goes to others.

    Where it cannot go back it is still theirs, and still shown.
    """
    if not Presence.objects.filter(user=user, opened_at=None).exclude(given__in=["", taken]).exists():
        return
    with alone(user) as presence:
        found = given_to(user) if waits(presence) and presence.given != taken else None
        if found is None:
            return
        desk, case = found
        try:
            with transaction.atomic():
                desk.withdraw(case, user)
        except Refusal as refusal:
            logger.info("%s stays with %s: %s", presence.given, user, refusal)
            return
        Presence.objects.filter(user=user).update(given="", given_at=None, opened_at=None)
        transaction.on_commit(partial(tell, "pop", f"person:{user.pk}"))


def _first(user: User, ways: Sequence[Desk]) -> Any:
    """The first case of these desks. What the person has just let go is theirs again where nobody else is free."""
    left = {desk: let_go.by(user.pk, desk.procedure) for desk in ways}
    found = next((case for desk in ways if (case := _claimed(desk, user, left[desk])) is not None), None)
    if found is None and any(left.values()):
        again = [(desk, _for_others(desk, user, left[desk])) for desk in ways if left[desk]]
        found = next((case for desk, but in again if (case := _claimed(desk, user, but)) is not None), None)
    return found


def _for_others(desk: Desk, user: User, let_go_of: set[int]) -> set[int]:
    """Those of the cases for which somebody else is free who is at work and did not let them go as well."""
    waiting = desk.queue(user).filter(pk__in=let_go_of).order_by().values_list("pk", "desk", "area")
    return {pk for pk, place, area in waiting if _is_free_for(desk, pk, Q(team__desk=place), area, user)}


def _is_free_for(desk: Desk, pk: int, here: Q, area: str | None, but: User) -> bool:
    here &= Q(team__area=None) | Q(team__area=area) if area else Q()
    working = Membership.objects.filter(here, role__in=desk.delivers_to, user__is_active=True).exclude(user=but)
    there = Presence.objects.filter(READY, user__in=working.values("user"), seen_at__gt=timezone.now() - UNSEEN)
    free = _not_busy(list(there.values_list("user", flat=True)), _pushing())
    known = let_go.by_all(free, desk.procedure)
    return any(pk not in known.get(person, ()) for person in free)


def _claimed(desk: Desk, user: User, but: Collection[int] = ()) -> Any:
    try:
        return desk.claim(user, but=but) if _takes(desk, user) else None
    except Refusal as refusal:  # no room, or not the hour
        logger.info("nothing of %s for %s: %s", desk.slug, user, refusal)
        return None


def _takes(desk: Desk, user: User) -> bool:
    return user.has_role(*desk.delivers_to)


def _free(people: Iterable[User], pushing: Sequence[Desk]) -> list[User]:
    """Ready, not paused, nothing in hand at these desks; whoever was given something last comes last."""
    known = {user.pk: user for user in people if any(_takes(desk, user) for desk in pushing)}
    ready = Presence.objects.filter(READY, user__in=known)
    order = sorted(ready.values_list("user", "given_at", "since"), key=lambda row: max(filter(None, row[1:])))
    return [known[pk] for pk in _not_busy([pk for pk, _given, _since in order], pushing)]


def _not_busy(people: list[int], pushing: Sequence[Desk]) -> list[int]:
    """Those who have nothing in hand at these desks."""
    for desk in pushing if people else ():
        held = desk.model._default_manager.filter(desk.in_hand, owner__in=people)
        busy = set(held.order_by().values_list("owner", flat=True))
        people = [pk for pk in people if pk not in busy]
    return people


def _pushing() -> list[Desk]:
    return [desk for desk in desks() if desk.delivers_to]


def _first_of(desk: Desk, user: User, known: dict[tuple[str, Hashable], datetime | None]) -> datetime | None:
    """When the first case that this person could take is due; None where there is none."""
    if not _takes(desk, user):
        return None
    key = desk.slug, desk.queue_key(user)
    if key not in known:
        known[key] = desk.queue(user).values_list("urgent_at", flat=True).first()
    return known[key]


def _was_left_lying(presence: Presence) -> bool:
    return waits(presence) and presence.given_at is not None and timezone.now() - presence.given_at > UNOPENED
