"""How long records of W-05 and P-05 are kept (X-08, AMB-11)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenesa.accounts.roles import Role
from tenesa.retention.kinds import Kind, register
from tickets.models import EmailCase
from tickets.states import ENDED


def registered() -> None:
    """A merged case goes with the one that it was merged into, which shows its mails."""
    register(
        Kind(
            EmailCase, _("E-mail cases with mails, checks and clocks (W-05, P-05)"), Role.TEAM_LEADER,
            Q(state__in=ENDED), source="P-05 10; AMB-11", together=("merged_into",), customer="customer__reference",
        )
    )  # fmt: skip
