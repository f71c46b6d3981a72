"""A reading of an outside system, kept as evidence of a case; which supporting application knows which product, and how
it is asked about it (P-05 6.3 - 6.11)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from segmentation.segments import Product, as_segment, product_of
from tenesa.systems.applications import label_of
from tickets.states import NO_VERDICT, CheckState

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


WORST_FIRST = (CheckState.FAULT, CheckState.UNKNOWN, CheckState.NORMAL)
SIGNALS = {CheckState.NORMAL: "met", CheckState.FAULT: "breach", CheckState.FAILED: "risk", CheckState.UNKNOWN: ""}


class ToolCheck(models.Model):
    """What was seen in an outside system for this case, when and by whom: kept as it was (W-05 1.2.2, 1.2.7)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey("tickets.EmailCase", models.CASCADE, related_name="checks")
    tool = models.CharField(max_length=20)
    product_id = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=8, choices=CheckState)
    summary = models.CharField(max_length=300)
    measures = models.JSONField(default=dict)
    snapshot = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    call = models.ForeignKey("systems.ExternalCall", models.PROTECT, related_name="+", null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["case", "tool", "product_id", "-at"], name="check_newest")]

    def __str__(self) -> str:
        return f"{self.tool_label} {self.product_id}: {self.state}"

    @property
    def segment(self) -> str:
        """The segment that a customer system named, as this desk spells it; "" where it named none."""
        customer = self.snapshot.get("customer") or {}
        return as_segment(customer["segment"]) if customer.get("segment") else ""

    @property
    def tool_label(self) -> str:
        return label_of(self.tool)

    @property
    def words(self) -> str:
        """The result in a word; what tells only who and what was read, and is no verdict."""
        return gettext("Read") if self._only_tells else str(self.get_state_display())

    @property
    def signal(self) -> str:
        return "" if self._only_tells else SIGNALS[CheckState(self.state)]

    @property
    def _only_tells(self) -> bool:
        return self.tool in NO_VERDICT and self.state != CheckState.FAILED


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
