"""Half-hiding personal data in lists and in the history (X-09)."""

KEEP = 3


def mask(value: str) -> str:
    """Keep what tells two values apart: "081200001187" becomes "081•••187", "rini@ban.example" "rin•••@ban.example"."""
    name, at, domain = value.partition("@")
    if at:
        return f"{name[:KEEP]}•••@{domain}"
    return f"{value[:KEEP]}•••{value[-KEEP:]}" if len(value) > 2 * KEEP else "•••"
