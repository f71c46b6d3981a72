"""F-19: the agreements of a day or of a period and what QC found of them (P-01 9.1, 10).

Sums come from the database and lines by a server-side cursor, so a year takes as much memory as a day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from caring.models import CaringResult, Instrument, Verdict
from caring.prospects.states import Campaign
from caring.quality import blind, instruments
from caring.quality.models import criterion_name
from caring.tree import Category
from tenesa.accounts.models import User
from tenesa.reporting.report_query import ReportQuery
from tenesa.rupiah import in_rupiah

CODE = "OB.IN.QCC.TELK.F-19.Rev.00"
TITLE = "FORM PELAPORAN HASIL VALIDASI AGREE LAYANAN CT-0 DAN PRANPC"  # as the document names it
OK, NOT_OK, OPEN = "OK", "NOT OK", ""
CHUNK = 1000
AMOUNT = 6  # place of the amount in a line


@dataclass(frozen=True)
class Line:
    """One agreement; `found` has a word for each criterion of the gate, empty where QC has not judged it."""

    result: CaringResult
    verdict: Verdict | None
    found: Sequence[str]

    def values(self) -> list[Any]:
        one, verdict, called = self.result, self.verdict, timezone.localtime(self.result.called_at)
        return [
            f"{called:%d/%m/%Y %H:%M}", one.get_campaign_display(), one.login, one.ncli, one.fastel, one.name,
            one.promised_amount or 0, f"{one.promised_on:%d/%m/%Y}" if one.promised_on else "", *self.found,
            str(verdict.get_decision_display()) if verdict else "", verdict.score if verdict else None,
            str(verdict.qco) if verdict else "", (verdict.recommendation or verdict.note) if verdict else "",
        ]  # fmt: skip

    def words(self) -> list[str]:
        """The same as people read it."""
        told = [("" if value is None else str(value)) for value in self.values()]
        told[AMOUNT] = in_rupiah(self.result.promised_amount or 0)
        return told


@dataclass(frozen=True)
class Sum:
    """Agreements of a campaign: how many, validated, approved, returned; OK by criterion."""

    name: str
    agrees: int
    validated: int
    approved: int
    met: Sequence[int]

    @property
    def returned(self) -> int:
        return self.validated - self.approved

    @property
    def approve_share(self) -> float | None:
        return self.approved / self.validated if self.validated else None

    @property
    def return_share(self) -> float | None:
        return self.returned / self.validated if self.validated else None

    @property
    def met_shares(self) -> list[float | None]:
        return [met / self.validated if self.validated else None for met in self.met]


@dataclass(frozen=True)
class Report:
    """The agreements whose call was on one of these days, of these desks, with the verdict that holds.

    `blind` is how many verdicts are left out, as the reader is to score those results without knowing them.
    """

    first: date
    last: date
    criteria: Sequence[str]
    sums: Sequence[Sum]
    agrees: QuerySet[Any]
    verdicts: QuerySet[Verdict]
    blind: int = 0

    @property
    def days(self) -> str:
        if self.first == self.last:
            return f"{self.first:%d/%m/%Y}"
        return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"

    @property
    def scope(self) -> str:
        """The days, and that it is not all of them: a file goes on to people who do not see the page."""
        left_out = ngettext(
            "%(n)s verdict is left out: you are to score that result blind.",
            "%(n)s verdicts are left out: you are to score those results blind.",
            self.blind,
        ) % {"n": self.blind}
        return f"{self.days} · {_('not complete')}: {left_out}" if self.blind else self.days

    @property
    def names(self) -> list[str]:
        return list(map(criterion_name, self.criteria))

    @property
    def count(self) -> int:
        return self.sums[-1].agrees

    @property
    def heads(self) -> list[str]:
        return [
            _("Called at"), _("Campaign"), "Login", "NCLI", _("Service"), _("Name"), _("Promised"), _("Promised for"),
            *self.names, _("Decision"), _("Score"), "QCO", _("Recommendation"),
        ]  # fmt: skip

    def lines(self, most: int | None = None) -> Iterator[Line]:
        """By day and campaign, in chunks; the first `most` of them."""
        held = self.verdicts.select_related("qco")
        rows = self.agrees.prefetch_related(Prefetch("verdicts", held, to_attr="deciding"))
        rows = rows.order_by("day", "campaign", "pk")
        with transaction.atomic():
            for result in rows[:most] if most else rows.iterator(chunk_size=CHUNK):
                yield _line(result, self.criteria)

    def summary(self) -> Iterator[list[str]]:
        yield ["", _("Agreements"), _("Validated"), _("Approved"), _("Returned"), _("share approved"),
               _("share returned"), *self.names]  # fmt: skip
        for one in self.sums:
            counts = map(str, (one.agrees, one.validated, one.approved, one.returned))
            shares = map(_percent, (one.approve_share, one.return_share, *one.met_shares))
            yield [one.name, *counts, *shares]


def report(desks: Sequence[str], first: date, last: date, reader: User | None = None) -> Report:
    codes = list(instruments.current(Instrument.Kind.GATE).items.values_list("code", flat=True))
    which: dict[str, Any] = {"day__gte": first, "day__lte": last, "desk__in": desks, "category": Category.AGREE}
    agrees = CaringResult.objects.filter(**which)
    of_these = {f"result__{name}": value for name, value in which.items()}  # not by a list of them: one join is enough
    earliest = ReportQuery(first, last, "own").begin  # none is given before its call
    deciding = Verdict.objects.filter(
        ~Exists(Verdict.objects.filter(supersedes=OuterRef("pk"))),
        desk__in=desks, at__gte=earliest, kind__in=Verdict.DECIDES,
        result_version=F("result__result_version"), **of_these,
    )  # fmt: skip
    held, left_out = deciding, 0
    if reader is not None and blind.scores(reader):
        hidden = blind.hidden_from(reader, "result")
        held, left_out = deciding.exclude(hidden), deciding.filter(hidden).count()
    return Report(first, last, codes, _sums(agrees, held, codes), agrees, held, left_out)


def _sums(agrees: QuerySet[Any], verdicts: QuerySet[Verdict], codes: Sequence[str]) -> list[Sum]:
    """A line a campaign, and all of them."""
    counted = dict(agrees.order_by().values_list("campaign").annotate(n=Count("pk")))
    met = {f"met_{place}": Count("pk", filter=Q(**{f"ticks__{code}": True})) for place, code in enumerate(codes)}
    approved = Count("pk", filter=Q(decision=Verdict.Decision.APPROVED))
    rows = verdicts.order_by().values("result__campaign").annotate(judged=Count("pk"), approved=approved, **met)
    found: dict[str, dict[str, Any]] = {row["result__campaign"]: dict(row) for row in rows}
    sums = []
    for campaign in Campaign:
        row = found.get(campaign.value, {})
        each = [row.get(name, 0) for name in met]
        judged, passed = row.get("judged", 0), row.get("approved", 0)
        sums.append(Sum(str(campaign.label), counted.get(campaign.value, 0), judged, passed, each))
    whole = [sum(one.met[place] for one in sums) for place in range(len(codes))]
    numbers = [sum(each) for each in zip(*((one.agrees, one.validated, one.approved) for one in sums), strict=True)]
    return [*sums, Sum(_("All"), numbers[0], numbers[1], numbers[2], whole)]


def _line(result: Any, codes: Sequence[str]) -> Line:
    verdict = next(iter(result.deciding), None)
    words = {True: OK, False: NOT_OK}
    return Line(result, verdict, [words.get(verdict.ticks.get(code), OPEN) if verdict else OPEN for code in codes])


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f}".replace(".", ",") + " %"
