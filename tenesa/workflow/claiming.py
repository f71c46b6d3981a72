"""Claims: the first waiting case of a stored order, for one person alone; no more cases a head than allowed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.workflow import rows
from tenesa.workflow.case import Case
from tenesa.workflow.errors import NotNow
from tenesa.workflow.perform import perform_on_first

if TYPE_CHECKING:
    from tenesa.audit.models import Event

C = TypeVar("C", bound=Case)
K = TypeVar("K", bound=Hashable)

WRITTEN = 1000  # statements that a queue keeps in a process
HELD_BACK = 50  # cases that one claim puts back before it gives up


class Queue(Generic[C, K]):
    """Waiting cases in the order in which they are taken: no claim passes over an unlocked one of a better place.

    `cases(user, key)` are those that the person sees and may take, ordered; all that they depend on stands in
    `key(user)`, as their statement is written once for a key. The order needs an index of its columns after those that
    are compared by equality. PostgreSQL reads one desk in that order; of somebody with several it sorts all that wait.
    """

    def __init__(self, key: Callable[[User], K], cases: Callable[[User, K], QuerySet[C]]) -> None:
        self._key, self._cases = key, cases
        self._written: dict[K, rows.Statement[C]] = {}

    def take_first(
        self,
        user: User,
        step_for: Callable[[C], str],
        *,
        held_back: Collection[str] = (),
        but: Collection[int] = (),
    ) -> C | None:
        """Take the step that `step_for` names on the first case that is none of `but`; None where there is none. Raises
        as `perform` does.

        Where the step leads to a state of `held_back` (it cannot be worked on now, and nobody waits behind it) the next
        case is looked for, each in a transaction of its own.
        """
        statement = self._without(user, but) if but else self._statement(user)
        for _one in range(HELD_BACK):
            found = perform_on_first(statement, step_for, actor=user)
            if found is None or found.state not in held_back:  # type: ignore[attr-defined]
                return found
        return None

    def _without(self, user: User, but: Collection[int]) -> rows.Statement[C]:
        return rows.Statement.first_free(self._cases(user, self._key(user)).exclude(pk__in=but))

    def _statement(self, user: User) -> rows.Statement[C]:
        key = self._key(user)
        if key not in self._written:
            if len(self._written) >= WRITTEN:
                self._written.pop(next(iter(self._written), key), None)
            self._written[key] = rows.Statement.first_free(self._cases(user, key))
        return self._written[key]


@dataclass(frozen=True)
class OnlySoMany:
    """At most `most` cases of this procedure in the `held` states have this owner. Whoever is second waits here until
    the first has committed, and counts with theirs. Raises NotNow, and then nothing was taken."""

    owner: User
    held: Collection[str]
    most: int

    def write(self, case: Case, event: Event) -> None:
        if held_alone(type(case), self.owner, self.held) > self.most:
            raise NotNow([too_many(self.owner, self.most)])


def held_alone(model: type[Case], owner: User, states: Collection[str]) -> int:
    """The same as `held_by`; whoever else counts this person's waits until the transaction ends, so that two do not
    both find the same room."""
    alone = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{model.procedure_name()} of {owner.pk}"]
    return held_by(model, owner, states, after=[alone])


def held_by(model: type[Case], owner: User, states: Collection[str], *, after: Sequence[rows.Part] = ()) -> int:
    """How many cases in these states a person has, counted after other statements and in one round trip with them.

    Written out, as every claim asks it twice; an index of the owner for these states alone is used.
    """
    sql = f'SELECT count(*) FROM "{model._meta.db_table}" WHERE owner_id = %s AND state IN %s'  # noqa: S608
    (held,) = rows.run([*after, (sql, [owner.pk, tuple(map(str, states))])]) or (0,)
    return int(held)


def too_many(owner: User, most: int) -> str:
    return _("%(who)s holds %(n)d of these already: one has to be finished first.") % {"who": owner, "n": most}
