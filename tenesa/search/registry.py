"""How the cases of a procedure are found and shown; procedure apps register theirs in AppConfig.ready."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.models import User
from tenesa.workflow.case import Case


class Place(TextChoices):
    """Where a word stands, in the order in which a match is told."""

    NUMBER = "number", _("in its number")
    INCIDENT = "incident", _("incident number")
    PRODUCT = "product", _("product id")
    REFERENCE = "reference", _("reference number")
    PHONE = "phone", _("telephone number")
    TAG = "tag", _("tag")
    SUBJECT = "subject", _("in the subject")
    NAME = "name", _("in a name")
    ADDRESS = "address", _("e-mail address")
    BODY = "body", _("in the body of a mail")
    FILE = "file", _("name of a file")
    NOTE = "note", _("in an internal note")
    FACT = "fact", _("in the facts of the case")


class Piece(NamedTuple):
    """A text of a case, and where it stands."""

    place: Place
    text: str


class Line(NamedTuple):
    """A case as the list of results shows it. `who` is a name, or an address half hidden."""

    number: str
    title: str
    who: str
    state: str
    url: str


Pieces = Mapping[int, Iterable[Piece]]


@dataclass(frozen=True)
class Source:
    """A procedure that can be searched. Its mails are read here; `pieces` are what its own rows say, by case.

    `list_url` is the procedure's own list for the same words, or "". Nobody finds anything where it is not `open_to`
    them: whoever sees a case but not what its mails say.
    """

    model: type[Case]
    label: Promise
    icon: str
    pieces: Callable[[Sequence[int]], Pieces]
    line: Callable[[Any], Line]
    order: int
    related: Sequence[str] = ()
    list_url: Callable[[], str] = field(default=lambda: "")
    open_to: Callable[[User], bool] = field(default=lambda user: True)

    @property
    def procedure(self) -> str:
        return self.model.procedure_name()

    def visible_to(self, user: User) -> QuerySet[Any]:
        """The authority on what a person may know of; the index only looks ahead."""
        return self.model.objects.visible_to(user)  # type: ignore[attr-defined,no-any-return]


Beside = Callable[[str, Sequence[int]], Iterable[tuple[int, Piece]]]
_beside: list[Beside] = []


def register_pieces(read: Beside) -> None:
    """What cases of every procedure are found by beside their own rows and mails, by procedure and their numbers."""
    _beside.append(read)


def beside(procedure: str, ids: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    for read in _beside:
        yield from read(procedure, ids)


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    _sources[source.procedure] = source


def sources() -> list[Source]:
    return sorted(_sources.values(), key=lambda source: source.order)


def source_of(procedure: str) -> Source | None:
    return _sources.get(procedure)


Customers = Callable[[User, str, int], list[Line]]
_customers: list[Customers] = []


def register_customers(find: Customers) -> None:
    """How customers are found: who asks, the words, and how many at most."""
    _customers.append(find)


def customers(user: User, words: str, most: int) -> list[Line]:
    """Customers of that name or number, as far as this person may know of them."""
    return [line for find in _customers for line in find(user, words, most)]
