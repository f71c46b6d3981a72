"""How long records of W-26 are kept: the call with its callbacks and audits (X-08, AMB-11)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.roles import Role
from tenesa.retention.kinds import Kind, Member, member, register
from vvip.audits.states import State as AuditState
from vvip.callbacks.states import ENDED
from vvip.calls.states import State
from vvip.models import SpecialCase


def registered() -> None:
    register(
        Kind(
            SpecialCase, _("Calls of special and VVIP customers with callbacks and audits (W-26)"), Role.TEAM_LEADER,
            Q(state=State.CLOSED), source="W-26 6; AMB-11", customer="customer__reference",
            parts=("vvip.callback.call", "vvip.audit.call", "vvip.audittick.audit"),
        )
    )  # fmt: skip
    member("vvip.callback", Member(Q(state__in=ENDED)))
    member("vvip.audit", Member(Q(state__in=[AuditState.DONE, AuditState.SUPERSEDED])))
