"""What a second person of this desk decides beside cases: lists taken back or excluded, offers, QC's instruments."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from caring.dapros import withdrawing
from caring.exclusions import services as exclusions
from caring.models import CaringResult, ExclusionList, Instrument, OfferVersion, Prospect, Withdrawal
from caring.offers import publishing
from caring.prospects.procedure.base import LEADERS
from caring.quality.who import KEEPERS, keeps_instruments
from tenesa.workspace.second_person import Request, register

DESK, AT_PROSPECTS = withdrawing.DESK, Prospect.procedure_name()


def registered() -> None:
    """Called once, in `AppConfig.ready`."""
    register(
        Request(
            Withdrawal, AT_PROSPECTS, DESK, LEADERS, withdrawing.may_withdraw,
            Q(status=Withdrawal.Status.ASKED), _("Lists to take back or restore, to be approved"), "dapros",
            with_rows=("batch",),
        )
    )  # fmt: skip
    register(
        Request(
            ExclusionList, AT_PROSPECTS, DESK, LEADERS, exclusions.may_exclude, Q(approved=None),
            _("Exclusion lists to be approved"), "caring-exclusions",
        )
    )  # fmt: skip
    register(
        Request(
            OfferVersion, AT_PROSPECTS, DESK, publishing.LEADERS, publishing.may_publish, publishing.WAITS,
            _("Offers to be approved"), "caring-offers", with_rows=("offer",),
        )
    )  # fmt: skip
    register(
        Request(
            Instrument, CaringResult.procedure_name(), DESK, KEEPERS, keeps_instruments,
            Q(approved_at=None, withdrawn_at=None), _("Instruments of QC to be approved"), "qc:instruments",
            asker="drafted_by",
        )
    )  # fmt: skip
