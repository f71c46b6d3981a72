"""Amounts in words: one place writes them, and none breaks off from its sign."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tenesa.rupiah import in_rupiah

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("caring", "pending", "segmentation", "templates", "tenesa", "tickets", "vvip")
WRITTEN = re.compile(r"""\bRp\.? ?(\{|%[(sd])""")  # an amount that is put behind its sign


@pytest.mark.parametrize(
    ("amount", "words"), [(0, "Rp\xa00"), (999, "Rp\xa0999"), (1_250_000, "Rp\xa01.250.000"), (-5_000, "Rp\xa0-5.000")]
)
def test_an_amount_stays_with_its_sign(amount: int, words: str) -> None:
    assert in_rupiah(amount) == words


def test_nobody_else_writes_amounts() -> None:
    files = [path for place in PLACES for kind in ("*.py", "*.html", "*.txt") for path in (ROOT / place).rglob(kind)]
    catalogue = ROOT / "locale/id/LC_MESSAGES/django.po"
    found = [path for path in [*files, catalogue] if WRITTEN.search(path.read_text())]
    assert len(files) > 500
    assert found == [ROOT / "tenesa/rupiah.py"]
