"""The three sides of a reconciliation as streams of rows: our results, TAMARA (whose input is CWC) and MyCX."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from caring.models import CaringResult
from caring.reconciliation.models import System
from caring.reconciliation.rows import Row
from caring.results.states import State
from tenesa.systems import clients, outbound
from tenesa.systems.http import Origin

SUPERSEDED = 1  # TAMARA's mark of a row in whose place a newer one stands (requirements 2.6)
BLOCK = 2_000
FIELDS = (
    "pk", "result_version", "fastel", "login", "campaign", "day", "called_at", "status", "category", "reason",
    "receiver", "amount_told", "promised_on", "duration", "state",
)  # fmt: skip


@dataclass
class Read:
    """What was read of one side.

    `told` is how many rows that side says there are; `superseded` of them stand no longer, as a newer row stands in
    their place, `outside` are of another campaign or period: these are not compared.
    """

    told: int = 0
    superseded: int = 0
    outside: int = 0
    rows: int = 0

    @property
    def is_whole(self) -> bool:
        return self.told == self.rows + self.superseded + self.outside


def ours(first: date, last: date, campaign: str, read: Read) -> Iterator[Row]:
    """Our results of these days, in the words of the tree; drafts were never entered, superseded ones not compared."""
    found = CaringResult.objects.filter(day__gte=first, day__lte=last).exclude(state=State.DRAFT)
    if campaign:
        found = found.filter(campaign=campaign)
    for told in found.order_by().values_list(*FIELDS, named=True).iterator(BLOCK):
        read.told += 1
        if told.state == State.SUPERSEDED:
            read.superseded += 1
            continue
        read.rows += 1
        yield Row(
            f"{told.pk}", f"{CaringResult.prefix}{told.pk:07d}-{told.result_version}", told.fastel, told.login,
            told.campaign, told.day, told.called_at, told.status, told.category, told.reason, told.receiver,
            told.amount_told or 0, told.promised_on, told.duration, under_way=told.state == State.ENTERING,
        )  # fmt: skip


def fetched(system: System, first: date, last: date, campaign: str, read: Read) -> Iterator[Row]:
    """The rows of TAMARA or MyCX for these days, a page at a time. Raises Unavailable or Refused."""
    origin = Origin(actor="reconciliation")
    ask: Callable[..., outbound.Page] = (
        clients.tamara(origin).export if system == System.TAMARA else clients.mycx(origin).results
    )
    for row in _pages(partial(ask, first, last), campaign, read):
        if row.follow == SUPERSEDED:
            read.superseded += 1
            continue
        read.rows += 1
        yield of_system(row)


def _pages(ask: Callable[..., outbound.Page], campaign: str, read: Read) -> Iterator[outbound.Row]:
    """Every row of the campaign; what each page says of the whole is checked when the last one was read."""
    after: int | None = 0
    while after is not None:
        page = ask(after=after)
        for row in page.rows:
            if campaign and row.campaign != campaign:
                read.outside += 1
            else:
                yield row
        after, read.told = page.next, page.total


def of_system(row: outbound.Row) -> Row:
    return Row(
        row.reference, row.key, row.fastel, row.login, row.campaign, row.day, row.called_at, row.status, row.category,
        row.reason, row.receiver, row.amount, row.promised_on, row.duration, row.entered_at,
    )  # fmt: skip
