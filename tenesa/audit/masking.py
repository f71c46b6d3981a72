"""Half-hiding personal data in lists and in the history (X-09)."""

import re

KEEP = 3
NUMBER = 8  # digits; a telephone number is hidden in one way everywhere, however it is written
SEPARATORS = re.compile(r"[ ()./+-]")


def mask(value: str) -> str:
    """Keep what tells two values apart: "0812••••••87" of a number, "rin•••@ban.example" of an address, "Wul•••ita"."""
    name, at, domain = value.partition("@")
    if at:
        return f"{name[:KEEP]}•••@{domain}"
    digits = SEPARATORS.sub("", value)
    if digits.isdigit() and len(digits) >= NUMBER:
        return f"{digits[:4]}{'•' * (len(digits) - 6)}{digits[-2:]}"
    return f"{value[:KEEP]}•••{value[-KEEP:]}" if len(value) > 2 * KEEP else "•••"
