"""Customer segments and what a product id looks like (W-05 1.2.2 - 1.2.4; requirements 2.2, 2.3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class Segment(TextChoices):
    DES = "DES", _("DES · enterprise")
    DGS = "DGS", _("DGS · government")
    DBS = "DBS", _("DBS · business")
    DCS = "DCS", _("DCS · consumer")
    OTHER = "OTHER", _("Other segment")
    UNKNOWN = "", _("Not checked")


# As short as the documents write them, for lists, filters and reports.
SHORT: dict[str, _StrOrPromise] = {
    **{segment.value: segment.value for segment in Segment if segment},
    Segment.OTHER.value: Segment.OTHER.label,
}


class Product(TextChoices):
    DATA = "DATA", _("Data service (SID)")
    INTERNET = "INTERNET", _("Internet (IndiHome / IndiBiz)")
    TELEPHONE = "TELEPHONE", _("Telephone")
    OTHER = "OTHER", _("Other product")


# lokal: ADR-0004; the documents name the ids, not their shape
SHAPES = (
    (Product.DATA, re.compile(r"\d{7}-\d{8,10}")),
    (Product.INTERNET, re.compile(r"1[1-7]\d{10}")),
    (Product.TELEPHONE, re.compile(r"0\d{2,3}\d{6,8}")),
)
INCIDENT = re.compile(r"INC?\d{6,10}")


def product_of(product_id: str) -> Product | None:
    """Which product an id belongs to by its shape, or None where it is no product id."""
    return next((product for product, shape in SHAPES if shape.fullmatch(product_id)), None)


def as_segment(code: str) -> Segment:
    """The segment of a code as the outside systems spell it; unknown codes are OTHER (team leader decides)."""
    known = code.strip().upper()
    return Segment(known) if known in {"DES", "DGS", "DBS", "DCS"} else Segment.OTHER
