"""Services of several segments in one case: W-05 has a branch for each segment (1.2.2 - 1.2.5)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from segmentation.customers import Service


def segments_of(product_ids: Sequence[str]) -> dict[str, str]:
    """The segment of every service that SISKAS or TENOSS named."""
    known = Service.objects.filter(product_id__in=product_ids).order_by("product_id")
    return dict(known.values_list("product_id", "customer__segment"))


def mixed_segments(product_ids: Sequence[str]) -> str:
    """Why these products cannot be one case, or ""."""
    segments = segments_of(product_ids) if len(product_ids) > 1 else {}
    if len(set(segments.values())) < 2:
        return ""
    named = ", ".join(f"{product_id} {segment}" for product_id, segment in segments.items())
    return _("The case mixes services of different segments (%(named)s): split it first.") % {"named": named}
