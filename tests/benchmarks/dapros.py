"""A list of prospects read by the worker, beside a bare COPY of the same rows, and what memory it takes.

`python -m tests.benchmarks.dapros PK` is the worker, a process of its own: it reads one list and tells its time, and
the most memory it had before and after.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from caring.dapros.columns import NAMES

HEADS = [name for name in NAMES if name != "tagihan_n3"]
WITELS = ("Bandung", "Jakarta Centrum", "Semarang Jateng Utara", "Suramadu", "Bali", "Balikpapan", "Papua")
PACKAGES = ((30, 275_000), (50, 350_000), (100, 425_000), (200, 750_000))
PERIOD = date(2026, 11, 1)
BASE_MB = 100  # over the memory of an idle worker (requirements 8.1, Memory)
SLOWER = 40  # than COPY, which judges nothing and writes no history


def rows(number: int, first: int) -> Iterator[list[Any]]:
    """Rows of customers that come once, no two with the same name, address, telephone or mail."""
    for at in range(first, first + number):
        mbps, price = PACKAGES[at % len(PACKAGES)]
        months = 1 + at % 3
        bills = [price if age < months else 0 for age in range(3)]
        yield [
            "2026-11", "CT-0" if months == 3 else "PRANPC", 10_000_000 + at, 122_000_000_000 + at,
            f"Pelanggan Nomor {at}", f"Jl. Melati No. {at}", "Kota", "III", WITELS[at % len(WITELS)],
            f"Paket {mbps} Mbps", mbps, *bills, sum(bills), "Y" if months > 1 else "T", f"0812{at:08}", "",
            f"p{at}@contoh.example", "20/08/2026",
        ]  # fmt: skip


def write_csv(path: Path, number: int, first: int) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADS)
        writer.writerows(rows(number, first))


def write_xlsx(path: Path, number: int, first: int) -> None:
    """As Excel writes it: texts in a table of their own, in the order in which they come."""
    texts: dict[str, int] = {}
    with ZipFile(path, "w", ZIP_DEFLATED) as book, tempfile.TemporaryFile("w+", encoding="utf-8") as table:
        book.writestr(
            "xl/workbook.xml", '<workbook><sheets><sheet name="Dapros" sheetId="1" r:id="r"/></sheets></workbook>'
        )
        relation = '<Relationship Id="r" Target="worksheets/sheet1.xml"/>'
        book.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{relation}</Relationships>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(b"<worksheet><sheetData>")
            for line, cells in enumerate(chain([HEADS], rows(number, first)), 1):
                sheet.write(_row(line, cells, texts, table).encode())
            sheet.write(b"</sheetData></worksheet>")
        table.seek(0)
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as shared_texts:
            shared_texts.write(b"<sst>")
            while block := table.read(2**20):
                shared_texts.write(block.encode())
            shared_texts.write(b"</sst>")


def _row(line: int, cells: list[Any], texts: dict[str, int], table: Any) -> str:
    written = []
    for place, cell in enumerate(cells):
        at = f"{chr(65 + place)}{line}"
        if isinstance(cell, int):
            written.append(f'<c r="{at}"><v>{cell}</v></c>')
        elif cell:
            if cell not in texts:
                texts[cell] = len(texts)
                table.write(f"<si><t>{escape(cell)}</t></si>")
            written.append(f'<c r="{at}" t="s"><v>{texts[cell]}</v></c>')
    return f'<row r="{line}">{"".join(written)}</row>'


# --- the worker ------------------------------------------------------------------------------------------------------
def work(pk: int) -> None:
    import django

    django.setup()
    from caring.dapros import loading
    from tests.benchmarks.measure import megabytes, peak_from_now

    base = peak_from_now()
    started = time.perf_counter()
    said = loading.read(pk)
    seconds = time.perf_counter() - started
    over = megabytes("VmHWM") - base
    print(json.dumps({"said": said, "seconds": seconds, "base": base, "over": over}))


# --- the benchmark ---------------------------------------------------------------------------------------------------
def measure(number: int) -> list[Any]:
    from django.core.files import File
    from django.core.files.uploadedfile import UploadedFile

    from caring.dapros import services
    from tenesa.accounts.models import Desk
    from tenesa.accounts.roles import Role
    from tests.benchmarks import people
    from tests.benchmarks.measure import Line

    Desk.objects.get_or_create(code="CARING", defaults={"name": "CARING"})
    leader = people.person("novita", Role.TEAM_LEADER, [("CARING", None)])
    found = []
    for turn, (kind, write) in enumerate((("CSV", write_csv), ("XLSX", write_xlsx))):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"dapros.{kind.lower()}"
            write(path, number, turn * number)
            with path.open("rb") as file:
                uploaded = UploadedFile(File(file), path.name, size=path.stat().st_size)
                batch = services.hand_in(leader, uploaded, period=PERIOD)
        command = [sys.executable, "-m", "tests.benchmarks.dapros", str(batch.pk)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        batch.refresh_from_db()
        assert (batch.status, batch.taken, batch.refused) == ("DONE", number, 0), (told, batch.problem)
        print(f"{kind}: {told}", flush=True)
        own, bare = number / told["seconds"], number / _copied(batch.pk)
        found += [
            Line(f"rows of a list in {kind} a second, beside a bare COPY", own, "1/s", bare, bare / own, SLOWER),
            Line(f"memory over an idle worker, {kind}", told["over"], "MB", BASE_MB, told["over"] / BASE_MB, 1.0),
        ]
    return found


def _copied(batch: int) -> float:
    """Seconds of a COPY of the same rows into a table with the same indexes and checks."""
    from tests.benchmarks import floor

    bare = floor.connect()
    with tempfile.TemporaryFile() as file, bare.cursor() as cursor:
        cursor.copy_expert(f"COPY (SELECT * FROM caring_prospect WHERE batch_id = {batch}) TO STDOUT", file)
        cursor.execute("DROP TABLE IF EXISTS floor_prospect")
        cursor.execute("CREATE TABLE floor_prospect (LIKE caring_prospect INCLUDING ALL)")
        bare.commit()
        file.seek(0)
        started = time.perf_counter()
        cursor.copy_expert("COPY floor_prospect FROM STDIN", file)
        bare.commit()
        took = time.perf_counter() - started
    bare.close()
    return took


if __name__ == "__main__":
    work(int(sys.argv[1]))
