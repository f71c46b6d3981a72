"""What is known beside an e-mail case: articles that fit it, and the products to name (P-05 5.5, E-34, X-14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from segmentation.models import Service
from segmentation.segments import product_of
from tenesa.knowledge import services

if TYPE_CHECKING:
    from tenesa.knowledge.models import Article, Product
    from tickets.models import EmailCase


def articles_for(case: EmailCase) -> list[Article]:
    families = {product_of(one) for one in case.known_product_ids()}
    return services.articles_for([str(family) for family in families if family], case.symptom, case.segment)


def catalogue(case: EmailCase) -> tuple[list[tuple[str, Any]], str]:
    """Every product that may be named, by name: first those related to the first known service of the case; and the
    first of these, which the mail would name."""
    ids = case.known_product_ids()
    service = Service.objects.filter(product_id__in=ids).order_by("product_id").first() if ids else None
    family = service.product if service else next((str(product_of(one) or "") for one in ids), "")
    near = services.offers(service.name if service else "", family)
    far = [product for product in services.offered() if product not in near]
    groups = ((_("Related"), near), (_("Others") if near else _("Catalogue"), far))
    choices = [("", "—"), *((label, [_choice(one) for one in some]) for label, some in groups if some)]
    return choices, near[0].name if near else ""


def _choice(product: Product) -> tuple[str, str]:
    return product.name, f"{product.name} · {product.pitch}"
