"""Writing a version of an offer, and publishing it as another person (four eyes; requirements 8.1)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.offers.models import Offer, OfferVersion
from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.workflow.errors import NotNow, NotYourStep
from tenesa.workspace import second_person

_LATER = OfferVersion.objects.filter(offer=OuterRef("offer"), number__gt=OuterRef("number"), approved_at__isnull=False)
WAITS = Q(approved_at=None) & ~Q(Exists(_LATER))  # a draft that can still be published
LEADERS = frozenset({Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER})


@transaction.atomic
def draft(offer: Offer, by: User, **terms: Any) -> OfferVersion:
    """The next version of an offer, waiting for somebody else. NotYourStep without the role."""
    _leads(by)
    Offer.objects.select_for_update().get(pk=offer.pk)
    newest = offer.versions.aggregate(newest=Max("number"))["newest"] or 0
    made = OfferVersion.objects.create(offer=offer, number=newest + 1, by=by, **terms)
    second_person.asked(made, made.note)
    return made


@transaction.atomic
def approve(version: OfferVersion, by: User) -> OfferVersion:
    """Publish a draft of another person. Raises NotYourStep without the role, NotNow where it is one's own, was decided
    already, or is older than what is published."""
    _leads(by)
    version = OfferVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.approved_at is not None:
        raise NotNow([_("This version was approved already.")])
    if version.by_id == by.pk:
        raise NotNow([_("You wrote this version yourself; another person approves it.")])
    later = OfferVersion.objects.filter(offer=version.offer_id, number__gt=version.number, approved_at__isnull=False)
    if later.exists():
        raise NotNow([_("A later version is published already.")])
    version.approved_by, version.approved_at = by, timezone.now()
    version.save(update_fields=["approved_by", "approved_at"])
    second_person.decided(version, by, str(_("Approved")))
    for older in OfferVersion.objects.filter(offer=version.offer_id, number__lt=version.number, approved_at=None):
        second_person.decided(older, by, _("A later version is published already."))
    return version


def may_publish(user: User) -> bool:
    return user.has_role(*LEADERS)


def _leads(user: User) -> None:
    if not may_publish(user):
        raise NotYourStep(_("Offers are kept by leaders."))
