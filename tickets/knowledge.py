"""What is known beside an e-mail case: articles that fit it, and the products to name (P-05 5.5, E-34, X-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmentation.models import Service
from segmentation.segments import product_of
from tenesa.knowledge import services

if TYPE_CHECKING:
    from tenesa.knowledge.models import Article, Product
    from tickets.models import EmailCase


def beside(case: EmailCase) -> list[Article]:
    families = {product_of(one) for one in case.known_product_ids()}
    return services.beside([str(family) for family in families if family], case.symptom, case.segment)


def offers(case: EmailCase) -> list[Product]:
    """The products related to the first of the case's services that is known."""
    ids = case.known_product_ids()
    service = Service.objects.filter(product_id__in=ids).order_by("product_id").first() if ids else None
    family = service.product if service else next((str(product_of(one) or "") for one in ids), "")
    return services.offers(service.name if service else "", family)
