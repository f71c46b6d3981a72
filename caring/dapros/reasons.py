"""Why a row is refused, and what is said of one that is taken; words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHY_REFUSED: Mapping[str, Promise] = {
    "MISSING": _("“%(column)s” is empty"),
    "ERROR": _("“%(value)s” is an error of the spreadsheet, no value"),
    "EXPONENT": _("“%(value)s” has lost digits (format the column as text)"),
    "LETTER_O": _("“%(value)s” has the letter O where a zero belongs"),
    "NOT_FASTEL": _("“%(value)s” is no internet or telephone number"),
    "NOT_NCLI": _("“%(value)s” is no customer number (7 to 10 digits)"),
    "NOT_PHONE": _("“%(value)s” is no telephone number"),
    "NOT_EMAIL": _("“%(value)s” is no e-mail address"),
    "NOT_DAY": _("“%(value)s” is no day (dd/mm/yyyy)"),
    "NOT_MONTH": _("“%(value)s” is no month (yyyy-mm)"),
    "OTHER_PERIOD": _("“%(value)s” is another month than the list's (%(period)s)"),
    "NOT_CAMPAIGN": _("“%(value)s” is no campaign (PRANPC or CT-0)"),
    "NOT_YES_NO": _("“%(value)s” is neither Y nor T"),
    "NOT_NUMBER": _("“%(value)s” is no whole number"),
    "NOT_AMOUNT": _("“%(value)s” is no amount"),
    "NEGATIVE": _("“%(value)s” is below zero"),
    "PART_OF_RUPIAH": _("“%(value)s” is no whole rupiah"),
    "UNDECIDED": _(
        "“%(value)s” can be read in two ways and no row of the column tells which; "
        "say at the upload how thousands and decimals are separated"
    ),
    "CONTRADICTION": _("“%(value)s” cannot be read: %(one)s and %(other)s separate thousands and decimals differently"),
    "SUM": _("the months add up to %(sum)s, the total says %(total)s"),
    "NOTHING_DUE": _("nothing is due"),
    "TOO_LONG": _("“%(column)s” is longer than %(most)s characters"),
    "TOO_WIDE": _("the row has more cells than the heading: a separator stands inside a value"),
    "MERGED": _("the row has merged cells (%(value)s)"),
    "TWICE": _("%(fastel)s stands in row %(row)s of this list already"),
    "KNOWN": _("%(fastel)s of this month came with the list “%(list)s”, row %(row)s"),
}
REMARKS: Mapping[str, Promise] = {  # of rows that are taken
    "REBUCKETED": _("listed as %(listed)s, by the months due it is %(bucket)s"),
    "UNKNOWN_WITEL": _("“%(value)s” is no known witel: called in the hours of all zones"),
    "HIDDEN": _("the row is hidden in the spreadsheet"),
    "ZERO_RESTORED": _("the 0 in front of “%(value)s” was missing"),
    "BEYOND": _("more than two months since the oldest unpaid one: not called"),
    "NO_NUMBER": _("no telephone number: not called"),
    "LISTED": _("%(number)s is on an exclusion list: %(why)s; not called"),
    "NUMBERS_ENDED": _("every number of the row is known as dead or as somebody else's: not called"),
    "SPECIAL": _("the customer is on the list of %(kind)s customers: %(criterion)s; called, and marked"),
    "PROMISED": _("payment is promised until %(day)s already (%(number)s); called all the same"),
}
WORDS = {**WHY_REFUSED, **REMARKS}


@dataclass(frozen=True)
class Reason:
    """`cell` is its address ("D12"), "" where the whole row is meant."""

    code: str
    cell: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = WORDS[self.code] % {name: _short(value) for name, value in self.facts.items()}
        return f"{self.cell}: {words}" if self.cell else words

    def as_json(self) -> list[Any]:
        return [self.code, self.cell, dict(self.facts)]


def from_json(kept: list[Any]) -> Reason:
    code, cell, facts = kept
    return Reason(code, cell, facts)


def _short(value: Any) -> str:
    text = f"{value}"
    return text if len(text) <= 60 else f"{text[:59]}…"


class Unreadable(Exception):
    """A cell that holds no such value."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts
