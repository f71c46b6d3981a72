"""How many callbacks an agent holds."""

from __future__ import annotations

from tenesa.accounts.models import User
from tenesa.workflow import rows
from vvip.callbacks.states import HELD

# Written out: every claim asks it twice.
_HELD = "SELECT count(*) FROM vvip_callback WHERE owner_id = %s AND state IN ({})".format(  # noqa: S608 - our own names
    ", ".join(f"'{state}'" for state in HELD)
)


def held_by(user: User, *before: rows.Part) -> int:
    """Open items of a person, counted after the statements `before` and in one round trip with them."""
    (held,) = rows.run([*before, (_HELD, [user.pk])]) or (0,)
    return int(held)
