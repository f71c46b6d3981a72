"""Which supporting application knows which product, and how it is asked about it (P-05 6.3 - 6.11)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from segmentation.segments import Product, product_of

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

LINKS = frozenset({Product.DATA})
LINES = frozenset({Product.INTERNET, Product.TELEPHONE})
ONLY_LINKS = _("knows data and internet links (SID) only")
ONLY_LINES = _("knows IndiHome and telephone only")


@dataclass(frozen=True)
class Read:
    """One application about one product; `names` is where the product id stands in the payload."""

    system: str
    operation: str
    names: str
    products: frozenset[Product]
    otherwise: _StrOrPromise = ""

    def payload(self, product_id: str) -> dict[str, Any]:
        kind = {"search_type": "product_id"} if self.system == "mycx" else {}
        return {**kind, self.names: product_id}


EVERY = frozenset(Product)
READS = (
    Read("mycx", "search", "value", EVERY),
    Read("nossa", "search_by_service", "service_no", EVERY),
    Read("epayment", "bills", "product_id", LINES, ONLY_LINES),
    Read("siskas", "find_customer", "fastel", LINES, ONLY_LINES),
    Read("tenoss", "get_service", "sid", LINKS, ONLY_LINKS),
    Read("telkom_center", "topology", "product_id", LINKS | {Product.OTHER}, ONLY_LINKS),
    Read("securecrt", "check", "product_id", LINKS, ONLY_LINKS),
    Read("mrtg", "traffic", "product_id", LINKS, ONLY_LINKS),
    Read("embassy", "line", "product_id", LINES, ONLY_LINES),
)
SYSTEMS = tuple(read.system for read in READS)


def kind_of(product_id: str) -> Product:
    """An id of unknown shape is another product: what knows every product is still asked about it."""
    return product_of(product_id) or Product.OTHER


def reads_of(product_id: str) -> Iterator[Read]:
    kind = kind_of(product_id)
    return (read for read in READS if kind in read.products)


def product_in(payload: dict[str, Any]) -> str:
    """The product that a call is about, whatever its system calls it; "" where it is about the sender."""
    if payload.get("search_type", "product_id") != "product_id":
        return ""
    names = ("product_id", "sid", "fastel", "service_no", "value")
    return next((str(payload[name]) for name in names if payload.get(name)), "")
