"""The kinds of record that the house keeps; apps register theirs in AppConfig.ready (X-08)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.roles import Role
from tenesa.workflow.case import Case

BY_DEFAULT = "AMB-11"  # P-05 10 has an empty table of records: two years
YEARS = 2  # X-08; P-01 10 states the same for F-18 and F-19
CLOSED = _("its last step after it was closed")


Prepare = Callable[[Any], Any]


def as_it_is(rows: Any) -> Any:
    return rows


@dataclass(frozen=True)
class Member:
    """A row within a record that has an end of its own: which rows have ended, and the column that says when.

    `prepare` adds to a queryset the columns that both ask for.
    """

    final: Q
    closed: str = "changed_at"
    prepare: Prepare = as_it_is


@dataclass(frozen=True)
class Kind:
    """One kind of record. A record is a row of `model` (those of `where`) with all that hangs on it.

    It counts from the column `closed`, once it is `final`. `parts` are the relations ("vvip.callback.call") by which
    rows that do not cascade belong to it. A record is removed only with those that its columns `together` name.
    `source` is the document and clause that states the years. `customer` is the lookup of the customer number.
    `batch` is how many are removed in one transaction.
    """

    model: type[Model]
    label: Promise
    owner: Role
    final: Q
    closed: str = "changed_at"
    opened: str = "opened_at"
    source: str = BY_DEFAULT
    counts_from: Promise | str = CLOSED
    prefix: str = ""
    where: Q = field(default_factory=Q)
    parts: Collection[str] = ()
    together: Collection[str] = ()
    customer: str = ""
    batch: int = 50
    prepare: Prepare = as_it_is

    @property
    def name(self) -> str:
        return self.model._meta.label_lower

    @property
    def end(self) -> Member:
        return Member(self.final, self.closed, self.prepare)

    def number(self, pk: int) -> str:
        """How a record is named in lists and certificates: nothing of a person is in it."""
        prefix = self.model.prefix if issubclass(self.model, Case) else self.prefix
        return f"{prefix}{pk:07d}"

    def rows(self) -> Any:
        """All records of this kind, past every manager of its own."""
        return self.prepare(self.model._base_manager.filter(self.where))


_kinds: dict[str, Kind] = {}
_members: dict[str, Member] = {}
_parts: set[str] = set()


def register(*found: Kind) -> None:
    for kind in found:
        _kinds[kind.name] = kind
        if issubclass(kind.model, Case):  # a mail has an end of its own only where it is of no case
            member(kind.name, kind.end)
        belong(*kind.parts)


def belong(*relations: str) -> None:
    """Rows at the far end of these relations ("timers.mark.timer") are part of what they refer to."""
    _parts.update(relations)


def member(name: str, one: Member) -> None:
    """Rows of this model ("vvip.callback") have an end of their own, in whichever record they stand."""
    _members[name] = one


def kinds() -> Mapping[str, Kind]:
    return _kinds


def members() -> Mapping[str, Member]:
    return _members


def owning() -> Collection[str]:
    return _parts
