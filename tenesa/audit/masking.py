"""Half-hiding personal data in lists and in the history (X-09)."""

KEEP = 3
NUMBER = 8  # digits; a telephone number is hidden in one way everywhere


def mask(value: str) -> str:
    """Keep what tells two values apart: "0812••••••87" of a number, "rin•••@ban.example" of an address, "Wul•••ita"."""
    name, at, domain = value.partition("@")
    if at:
        return f"{name[:KEEP]}•••@{domain}"
    if value.isdigit() and len(value) >= NUMBER:
        return f"{value[:4]}{'•' * (len(value) - 6)}{value[-2:]}"
    return f"{value[:KEEP]}•••{value[-KEEP:]}" if len(value) > 2 * KEEP else "•••"
