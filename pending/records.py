"""How long records of W-02 are kept (X-08, AMB-11)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pending.models import PendingRequest
from pending.states import ENDED
from tenesa.accounts.roles import Role
from tenesa.retention.kinds import Kind, register


def registered() -> None:
    register(Kind(PendingRequest, _("Requests for a hold (W-02)"), Role.TEAM_LEADER, Q(state__in=ENDED)))
