"""The refused rows as a sheet, each with its reasons beside it, to be mended and handed in again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from caring.dapros.rows import RefusedRow
from tenesa.reporting.export import Count, xlsx_of
from tenesa.reporting.lists import Row
from tenesa.sheets import shown

TOGETHER = 500


def sheet_of(heads: Sequence[str], refused: Iterable[RefusedRow]) -> Iterator[bytes]:
    """An XLSX file piece by piece, flat in memory; what does not fit on one sheet goes on in a further one.

    All cells are texts, so that no spreadsheet shortens a number again.
    """
    columns = [*heads, _("Row"), _("Reason")]
    return xlsx_of(_("Refused rows"), columns, _chunks(len(heads), refused), Count())


def _chunks(width: int, refused: Iterable[RefusedRow]) -> Iterator[list[Row]]:
    rows: list[Row] = []
    for one in refused:
        cells = [shown(cell) for cell in one.cells[:width]]
        cells += [""] * (width - len(cells))
        reasons = "; ".join(map(str, one.reasons))
        rows.append(Row(values=[*cells, one.row_number, reasons]))
        if len(rows) == TOGETHER:
            yield rows
            rows = []
    if rows:
        yield rows
