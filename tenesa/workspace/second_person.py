"""Requests that a second person decides and that are no cases: told to those who may decide, and counted for them.

An app registers each kind in `AppConfig.ready`, and says when one was asked and when it was decided, in the transaction
of either. The asker hears of the decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.functional import Promise

from tenesa.accounts.models import Membership, User
from tenesa.accounts.roles import Role
from tenesa.notices import services
from tenesa.notices.models import WORDS, Kind, Notice

ASKED, DECIDED = 0, 1  # the `seq` of both notices: they are of no event
KEPT_FOR = 60


@dataclass(frozen=True)
class Request:
    """A kind of request. `procedure` names the desk at which its notices are read, `label` the line of the board and
    `page` the address name of where they all stand; `may` decides who may decide, among those of `roles`. A row has an
    address, and says what it is."""

    model: type[Model]
    procedure: str
    place: str  # code of the desk
    roles: Collection[Role]
    may: Callable[[User], bool]
    waits: Q
    label: str | Promise
    page: str
    asker: str = "by"
    with_rows: Sequence[str] = ()

    @property
    def name(self) -> str:
        """What stands in the notice in the place of a procedure."""
        return self.model._meta.label_lower

    def seen_by(self, user: User, pks: Collection[int]) -> dict[int, Any]:
        rows = self.model._default_manager.select_related(*self.with_rows)
        return rows.in_bulk(list(pks)) if self.may(user) else {}

    def waiting(self, user: User) -> int:
        """How many wait for this person, who decides none of their own; kept for a minute, or until the next one is
        asked or decided."""
        if not self.may(user):
            return 0
        asked_by: Counter[int] = cache.get_or_set(self._key, self._asked_by, KEPT_FOR) or Counter()
        return asked_by.total() - asked_by[user.pk]

    def _asked_by(self) -> Counter[int]:
        return Counter(self.model._default_manager.filter(self.waits).values_list(f"{self.asker}_id", flat=True))

    def forget(self) -> None:
        cache.delete(self._key)

    @property
    def _key(self) -> str:
        return f"second-person-{self.name}"

    def deciders(self) -> list[User]:
        places = Membership.objects.filter(team__desk=self.place, role__in=[*self.roles])
        people = User.objects.filter(pk__in=places.values("user"), is_active=True)
        return [person for person in people if self.may(person)]


_requests: dict[str, Request] = {}


def register(request: Request) -> None:
    _requests[request.name] = request


def requests(procedure: str = "") -> Iterator[Request]:
    """Every kind, or those of one desk."""
    return (one for one in _requests.values() if procedure in {"", one.procedure})


def waiting_on(page: str, user: User) -> int:
    """How many wait for this person on the page of this address name."""
    return sum(one.waiting(user) for one in _requests.values() if one.page == page)


def forget() -> None:
    """The counts of all kinds are read anew."""
    for one in _requests.values():
        one.forget()


def request_of(name: str) -> Request | None:
    return _requests.get(name)


def asked(row: Any, words: str) -> None:
    """Tell everybody who may decide but the asker; `words` are the asker's own."""
    kind = _requests[row._meta.label_lower]
    asker = getattr(row, kind.asker)
    people = [person for person in kind.deciders() if person.pk != asker.pk]
    made = partial(Notice, kind=Kind.ASKED, seq=ASKED, actor=asker, words=words[:WORDS], **_of(row))
    Notice.objects.bulk_create([made(person=person) for person in people])
    services.told([person.pk for person in people])
    transaction.on_commit(kind.forget)


def decided(row: Any, by: User, words: str) -> None:
    """Nobody has to decide any more, which their open pages hear; the asker reads who decided, and what."""
    kind = _requests[row._meta.label_lower]
    asker = getattr(row, kind.asker)
    asked_of = Notice.objects.filter(kind=Kind.ASKED, **_of(row))
    asked_of.filter(read_at=None).update(read_at=timezone.now())
    services.told(asked_of.values_list("person", flat=True))
    if asker is not None and asker.pk != by.pk:
        told = Notice(person=asker, kind=Kind.DECIDED, seq=DECIDED, actor=by, words=words[:WORDS], **_of(row))
        Notice.objects.bulk_create([told], ignore_conflicts=True)  # what came to nothing was decided once
        services.told([asker.pk])
    transaction.on_commit(kind.forget)


def _of(row: Any) -> dict[str, Any]:
    return {"procedure": row._meta.label_lower, "case_id": row.pk}
