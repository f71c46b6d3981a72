"""Columns of a list of prospects by the names that people give them (requirements 12.5), and their heads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from tenesa.sheets import Cell, NotASheet, Row, shown

SEARCHED = 30  # rows in which the heads are looked for
# The columns as requirements 12.5 name them, each with what lists call it otherwise. `tagihan_n` is the bill of the
# list's month, `tagihan_n1` of the month before it, and so on: "N+k" is a bill that is k months old (AMB-30).
NAMES: dict[str, tuple[str, ...]] = {
    "periode": ("period", "bulan", "bulan tagihan", "periode tagihan", "billing period", "nper"),
    "campaign": ("kampanye", "jenis", "jenis campaign", "bucket", "kategori", "kategori caring"),
    "ncli": ("no pelanggan", "nomor pelanggan", "customer id", "id pelanggan", "no ncli", "account"),
    "fastel": (
        "no fastel", "nomor fastel", "no internet", "nomor internet", "no inet", "inet", "internet", "nd internet",
        "nd", "no layanan", "nomor layanan", "no telepon internet", "snd", "service number",
    ),
    "nama": ("nama pelanggan", "nama customer", "name", "customer name", "nama pemilik", "pelanggan"),
    "alamat": ("alamat pelanggan", "alamat instalasi", "address"),
    "kota": ("kabupaten kota", "kota kabupaten", "kab kota", "city"),
    "regional": ("reg", "treg", "divre", "region"),
    "witel": ("wilayah telekomunikasi", "nama witel", "district", "datel witel"),
    "paket": ("nama paket", "package", "produk", "paket layanan"),
    "mbps": ("speed", "kecepatan", "bandwidth", "speed mbps", "kecepatan mbps"),
    "tagihan_n": ("tagihan bulan n", "tag n", "bill n", "tunggakan n", "tagihan n 0", "n"),
    "tagihan_n1": ("tagihan n 1", "tagihan bulan n 1", "tag n1", "tag n 1", "bill n1", "bill n 1", "tunggakan n1",
                   "tunggakan n 1", "n 1", "n1"),
    "tagihan_n2": ("tagihan n 2", "tagihan bulan n 2", "tag n2", "tag n 2", "bill n2", "bill n 2", "tunggakan n2",
                   "tunggakan n 2", "n 2", "n2"),
    "tagihan_n3": ("tagihan n 3", "tagihan bulan n 3", "tag n3", "tag n 3", "bill n3", "bill n 3", "tunggakan n3",
                   "tunggakan n 3", "n 3", "n3", "tagihan lebih lama"),
    "total": ("total tagihan", "total tunggakan", "jumlah", "jumlah tagihan", "saldo", "saldo tunggakan", "total bill"),
    "isolir": ("status isolir", "isolated", "isolasi", "isolir y t"),
    "hp1": ("hp", "no hp", "nomor hp", "hp 1", "no hp 1", "no hp1", "cp", "cp1", "cp 1", "kontak", "kontak 1",
            "contact", "no kontak", "phone", "phone 1", "telepon", "no telepon", "no telp", "handphone", "mobile"),
    "hp2": ("hp 2", "no hp 2", "no hp2", "cp2", "cp 2", "kontak 2", "phone 2", "telepon 2", "hp alternatif",
            "no hp alternatif"),
    "email": ("e mail", "surel", "alamat email", "mail"),
    "tgl_bayar_terakhir": ("tanggal bayar terakhir", "tgl bayar", "tanggal bayar", "last payment", "last paid",
                           "pembayaran terakhir", "tgl pembayaran terakhir"),
}  # fmt: skip
REQUIRED = ("fastel", "nama", "witel", "tagihan_n", "total", "hp1")
BILLS = ("tagihan_n", "tagihan_n1", "tagihan_n2", "tagihan_n3")  # the place is the age in months
AMOUNTS = (*BILLS, "total")
ENOUGH = 4  # known names that make a row one of heads, if not all that are required stand there
_BETWEEN = re.compile(r"[\W_]+")
_KNOWN = {alias: name for name, aliases in NAMES.items() for alias in (_BETWEEN.sub(" ", name).strip(), name, *aliases)}


@dataclass(frozen=True)
class Columns:
    """Where each column stands. `row` is the last row of the heads; `unknown` are heads that mean nothing here."""

    places: dict[str, int]
    heads: tuple[str, ...]
    row: int
    unknown: tuple[str, ...] = ()


def found_in(rows: Sequence[Row]) -> Columns | None:
    """The columns by the first row of heads among these, or by two rows that make one; None where there is none.

    Raises NotASheet, with the names, where required columns are missing or one stands twice.
    """
    single = [_columns([_text(cell) for cell in row.cells], row.number) for row in rows[:SEARCHED]]
    double = [_columns(_joined(one.cells, two.cells), two.number) for one, two in pairwise(rows[:SEARCHED])]
    best = max([*single, *double], key=lambda one: len(one.places), default=None)
    if best is None or len(best.places) < ENOUGH:
        return None
    _refuse(best)
    return best


def _columns(heads: Sequence[str], row: int) -> Columns:
    places: dict[str, int] = {}
    unknown = []
    for place, head in enumerate(heads):
        name = known(head)
        if name and name not in places:
            places[name] = place
        elif head:
            unknown.append(head)
    return Columns(places, tuple(heads), row, tuple(unknown))


def _refuse(columns: Columns) -> None:
    missing = [name for name in REQUIRED if name not in columns.places]
    if missing:
        raise NotASheet(_("Columns are missing: %(names)s. No row was taken.") % {"names": ", ".join(missing)})
    twice = sorted({name for head in columns.unknown if (name := known(head))})
    if twice:
        raise NotASheet(_("Columns stand twice: %(names)s. No row was taken.") % {"names": ", ".join(twice)})


def known(head: str) -> str:
    """The column that a head means, or ""."""
    return _KNOWN.get(_BETWEEN.sub(" ", head.casefold()).strip(), "")


def _joined(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[str]:
    """Heads in two rows: a merged upper one stands over all columns to the next ("Tagihan" over "N", "N+1", "N+2")."""
    above, heads = "", []
    for place in range(max(len(upper), len(lower))):
        own = _text(upper[place]) if place < len(upper) else ""
        below = _text(lower[place]) if place < len(lower) else ""
        above = own or above
        if not below:
            heads.append(own)
        else:
            together = f"{above} {below}"
            heads.append(together if known(together) else below)
    return heads


def _text(cell: Cell) -> str:
    return " ".join(shown(cell).split())
