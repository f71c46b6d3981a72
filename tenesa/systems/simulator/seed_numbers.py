"""Whose telephone numbers are whose in the simulated world, and which of them the CTI marks (requirements 12.4).

VVIP_HOUSEHOLDS   twelve households that the special list also names; the CTI lacks the last of them
CTI_ONLY          marked by the CTI alone: CTI and table disagree
SHARED_PHONE      one number of two households
"""

from __future__ import annotations

import re

from tenesa.systems.simulator.seed import SHARED_PHONE, Customer, World

VVIP_HOUSEHOLDS = tuple(f"3000{index:03d}" for index in range(1, 13))
CTI_ONLY = "3000013"
CTI_VVIP = frozenset({*VVIP_HOUSEHOLDS[:-1], CTI_ONLY})

__all__ = ["CTI_ONLY", "CTI_VVIP", "SHARED_PHONE", "VVIP_HOUSEHOLDS", "digits", "owners_of"]


def digits(number: str) -> str:
    """A telephone number in any writing as its digits with one 0 in front: the other houses' own form of it."""
    plain = re.sub(r"\D", "", number)
    return "0" + plain.removeprefix("62") if plain.startswith("62") else plain


def owners_of(world: World, number: str) -> list[Customer]:
    """The customers who gave this telephone number, or have a telephone service of it."""
    wanted = digits(number)
    service = world.by_number.get(wanted)
    owners = [c for c in world.customers if wanted in {digits(contact.phone) for contact in c.contacts}]
    if wanted and service is not None and service.kind == "TELEPHONE":
        owners.append(world.customer_of(wanted))
    return list({owner.reference: owner for owner in owners}.values()) if wanted else []
