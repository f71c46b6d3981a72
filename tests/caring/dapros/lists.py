"""Lists of prospects for tests, as people's spreadsheets would write them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

from xlsxwriter import Workbook

from caring.dapros import reading
from caring.dapros.reading import Question
from caring.dapros.rows import ProspectRow, RefusedRow

PERIOD = date(2026, 11, 1)
HEADS = [
    "periode", "campaign", "ncli", "fastel", "nama", "alamat", "kota", "regional", "witel", "paket", "mbps",
    "tagihan_n", "tagihan_n1", "tagihan_n2", "total", "isolir", "hp1", "hp2", "email", "tgl_bayar_terakhir",
]  # fmt: skip
ROW: Mapping[str, Any] = {
    "periode": "2026-11", "campaign": "PRANPC", "ncli": "10203040", "fastel": "122055500001", "nama": "Sekar Ayu",
    "alamat": "Jl. Melati 7", "kota": "Bandung", "regional": "III", "witel": "Bandung", "paket": "50 Mbps",
    "mbps": 50, "tagihan_n": 350000, "tagihan_n1": 0, "tagihan_n2": 0, "total": 350000, "isolir": "Y",
    "hp1": "081255500001", "hp2": "", "email": "sekar@contoh.example", "tgl_bayar_terakhir": "20/09/2026",
}  # fmt: skip


Rows = Sequence[Sequence[Any]]


def bucket(oldest: date) -> str:
    """As the policy of requirements 10, AMB-30 has it."""
    age = (PERIOD.year - oldest.year) * 12 + PERIOD.month - oldest.month
    return "PRANPC" if age <= 1 else "CT0" if age == 2 else ""


def row(**changes: Any) -> list[Any]:
    return [{**ROW, **changes}[head] for head in HEADS]


def text(
    rows: Sequence[Sequence[Any]], *, heads: Sequence[str] = HEADS, separator: str = ";", encoding: str = "utf-8"
) -> bytes:
    file = StringIO()
    writer = csv.writer(file, delimiter=separator)
    writer.writerows([heads, *rows])
    return file.getvalue().encode(encoding)


def workbook(
    rows: Sequence[Sequence[Any]], *, heads: Sequence[str] = HEADS, above: Sequence[Sequence[Any]] = ()
) -> bytes:
    return book({"Dapros": [*above, heads, *rows]})


def book(sheets: Mapping[str, Rows]) -> bytes:
    file = BytesIO()
    made = Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    days = made.add_format({"num_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = made.add_worksheet(name)
        for line, cells in enumerate(rows):
            for place, value in enumerate(cells):
                if isinstance(value, date):
                    sheet.write_datetime(line, place, value, days)
                else:
                    sheet.write(line, place, value)
    made.close()
    return file.getvalue()


def outcomes(content: bytes, **question: Any) -> list[ProspectRow | RefusedRow]:
    with reading.opened(BytesIO(content), Question(PERIOD, bucket, **question)) as listing:
        listing.learn()
        return list(listing.outcomes())


def outcome(content: bytes, **question: Any) -> ProspectRow | RefusedRow:
    found = outcomes(content, **question)
    assert len(found) == 1
    return found[0]


def taken(content: bytes, **question: Any) -> list[ProspectRow]:
    found = outcomes(content, **question)
    assert all(isinstance(one, ProspectRow) for one in found), [codes(one) for one in found]
    return [one for one in found if isinstance(one, ProspectRow)]


def codes(one: ProspectRow | RefusedRow) -> list[tuple[str, str]]:
    """(code, cell) of the reasons of a refused row, of the notes of one that is taken."""
    said = one.reasons if isinstance(one, RefusedRow) else one.notes
    return [(reason.code, reason.cell) for reason in said]
