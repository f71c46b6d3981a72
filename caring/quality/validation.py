"""F-19: the report of the agreements of one day and what QC found of them, as XLSX and PDF (P-01 9.1, 10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table
from xlsxwriter import Workbook

from caring.models import CaringResult, Instrument, Verdict
from caring.prospects.states import Campaign
from caring.quality import instruments
from caring.tree import Category

CODE = "OB.IN.QCC.TELK.F-19.Rev.00"
TITLE = "FORM PELAPORAN HASIL VALIDASI AGREE LAYANAN CT-0 DAN PRANPC"  # as the document names it
OK, NOT_OK, OPEN = "OK", "NOT OK", ""


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
    day: date
    criteria: Sequence[str]  # in the words of the gate
    lines: Sequence[Line]
    sums: Sequence[Sum]

    @property
    def heads(self) -> list[str]:
        return [
            _("Called at"), _("Campaign"), "Login", "NCLI", _("Service"), _("Name"), _("Promised"), _("Promised for"),
            *self.criteria, _("Decision"), _("Score"), "QCO", _("Recommendation"),
        ]  # fmt: skip


def agreements(desks: Sequence[str], day: date) -> QuerySet[CaringResult]:
    """Whose call was on this day, of these desks, in the order of the form."""
    deciding = Verdict.objects.filter(kind__in=Verdict.DECIDES, superseded_by=None).select_related("qco")
    agrees = CaringResult.objects.filter(day=day, desk__in=desks, category=Category.AGREE)
    return agrees.prefetch_related(Prefetch("verdicts", deciding, to_attr="deciding")).order_by("campaign", "pk")


def report(desks: Sequence[str], day: date, shown: Iterable[CaringResult] | None = None) -> Report:
    """The sums of the whole day; a line for each agreement, or only those `shown`, with the verdict that holds."""
    gate = dict(instruments.current(Instrument.Kind.GATE).items.values_list("code", "words"))
    codes = list(gate)
    lines = [_line(result, codes) for result in (agreements(desks, day) if shown is None else shown)]
    sums = _sums(desks, day, codes)
    return Report(day, list(gate.values()), lines, [*sums, _whole(sums)])


def _line(result: Any, codes: Sequence[str]) -> Line:
    verdict = next((one for one in result.deciding if one.result_version == result.result_version), None)
    words = {True: OK, False: NOT_OK}
    return Line(result, verdict, [words.get(verdict.ticks.get(code), OPEN) if verdict else OPEN for code in codes])


def _sums(desks: Sequence[str], day: date, codes: Sequence[str]) -> list[Sum]:
    """A campaign each, counted by the database."""
    agrees = agreements(desks, day).order_by()
    holding = Verdict.objects.filter(kind__in=Verdict.DECIDES, superseded_by=None, result__in=agrees.values("pk"))
    holding = holding.filter(result_version=F("result__result_version")).order_by()
    met = {f"met{at}": Count("pk", filter=Q(ticks__contains={code: True})) for at, code in enumerate(codes)}
    approved = Count("pk", filter=Q(decision=Verdict.Decision.APPROVED))
    rows = holding.values("result__campaign").annotate(validated=Count("pk"), approved=approved, **met)
    judged: dict[str, dict[str, Any]] = {row["result__campaign"]: dict(row) for row in rows}
    counted = dict(agrees.values_list("campaign").annotate(Count("pk")))
    return [_sum(one, counted.get(one.value, 0), judged.get(one.value, {}), len(codes)) for one in Campaign]


def _sum(campaign: Campaign, agrees: int, judged: Mapping[str, Any], criteria: int) -> Sum:
    met = [judged.get(f"met{place}", 0) for place in range(criteria)]
    return Sum(str(campaign.label), agrees, judged.get("validated", 0), judged.get("approved", 0), met)


def _whole(sums: Sequence[Sum]) -> Sum:
    met = [sum(of_one) for of_one in zip(*(one.met for one in sums), strict=True)]
    agrees, validated, approved = (
        sum(getattr(one, name) for one in sums) for name in ("agrees", "validated", "approved")
    )
    return Sum(_("All"), agrees, validated, approved, met)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.1f}".replace(".", ",") + " %"


def _summary(found: Report) -> Iterator[list[str]]:
    yield ["", _("Agreements"), _("Validated"), _("Approved"), _("Returned"), _("share approved"), _("share returned"),
           *found.criteria]  # fmt: skip
    for one in found.sums:
        counts = map(str, (one.agrees, one.validated, one.approved, one.returned))
        shares = map(_percent, (one.approve_share, one.return_share, *one.met_shares))
        yield [one.name, *counts, *shares]


def xlsx(found: Report) -> bytes:
    """The form as a sheet: head, sums, then a row an agreement."""
    content = BytesIO()
    with Workbook(content, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        sheet, strong = book.add_worksheet("F-19"), book.add_format({"bold": True})
        sheet.write_string(0, 0, TITLE, strong)
        sheet.write_string(1, 0, CODE)
        sheet.write_string(2, 0, f"{_('Day')}: {found.day:%d/%m/%Y}")
        row = 4
        for place, cells in enumerate([*_summary(found), [], found.heads]):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell, strong if place in {0, len(found.sums) + 2} else None)
            row += 1
        for line in found.lines:
            for column, value in enumerate(line.values()):
                sheet.write(row, column, "" if value is None else value)
            row += 1
        sheet.set_column(0, len(found.heads) - 1, 14)
    return content.getvalue()


def pdf(found: Report) -> bytes:
    """The same on A4 across; the heads stand on every page."""
    content = BytesIO()
    styles = getSampleStyleSheet()
    small = styles["BodyText"].clone("small", fontSize=6.5, leading=7.5)

    def cell(value: Any) -> Any:
        text = "" if value is None else str(value)
        return Paragraph(text.replace("&", "&amp;").replace("<", "&lt;"), small)

    margin = 10 * mm
    page = SimpleDocTemplate(
        content, pagesize=landscape(A4), title=TITLE, author=CODE, leftMargin=margin, rightMargin=margin,
        topMargin=margin, bottomMargin=margin,
    )  # fmt: skip
    lined = [("GRID", (0, 0), (-1, -1), 0.25, colors.grey), ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
             ("VALIGN", (0, 0), (-1, -1), "TOP")]  # fmt: skip
    sums = Table([[cell(value) for value in row] for row in _summary(found)], style=lined)
    rows = [[cell(head) for head in found.heads], *([cell(value) for value in line.values()] for line in found.lines)]
    page.build([
        Paragraph(TITLE, styles["Heading3"]), Paragraph(f"{CODE} · {found.day:%d/%m/%Y}", styles["BodyText"]),
        Spacer(1, 3 * mm), sums, Spacer(1, 4 * mm), Table(rows, repeatRows=1, style=lined),
    ])  # fmt: skip
    return content.getvalue()
