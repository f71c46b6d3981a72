from __future__ import annotations

from tests.pending.conftest import nossa, seat, ujang

__all__ = ["nossa", "seat", "ujang"]
