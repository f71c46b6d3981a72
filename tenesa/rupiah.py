"""Amounts of money in words."""

from __future__ import annotations

STAYS_TOGETHER = "\N{NO-BREAK SPACE}"


def in_rupiah(amount: int) -> str:
    """Whole rupiah as people read them, never broken off from their sign at the end of a line: “Rp 350.000”."""
    return f"Rp{STAYS_TOGETHER}{amount:,}".replace(",", ".")
