"""Which saved views an e-mail case stands in, so that only pages that show one of them, or its row, fetch again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tickets.clocks import UPDATES
from tickets.states import ENDED, FOR_THE_LEADER


def lists_of(case: Any) -> Iterator[str]:
    """The views of `selectors.VIEWS` as they are for this case now."""
    if case.state in ENDED:
        yield "closed"
        return
    yield "all"
    if case.owner_id:
        yield f"mine:{case.owner_id}"
    elif case.awaits and not case.triage and case.state not in FOR_THE_LEADER:
        yield "queue"
    if case.urgent_for in UPDATES:
        yield from ("updates", "overdue")
    if not case.awaits:
        yield "waiting"
    if case.triage or case.state in FOR_THE_LEADER:
        yield "triage"
