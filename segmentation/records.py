"""How long records of the special list are kept (X-08, AMB-11)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from segmentation.models import ListEntry, ListImport
from segmentation.openings import RecordOpening
from segmentation.special_list.states import ENDED
from tenesa.accounts.roles import Role
from tenesa.retention.kinds import Kind, register


def registered() -> None:
    register(
        Kind(
            ListEntry, _("Entries of the special and VVIP list"), Role.SUPERVISOR, Q(state__in=ENDED),
            source="W-26 6; AMB-11", customer="customer__reference",
        ),
        Kind(
            ListImport, _("Imports of the list"), Role.SUPERVISOR, Q(status__in=["DONE", "REFUSED"]), "finished_at",
            prefix="LI", counts_from=_("the day it was read"), batch=1,
        ),
        Kind(
            RecordOpening, _("Openings of VVIP customers' pages"), Role.SUPERVISOR, Q(pk__isnull=False), "at",
            prefix="OP", counts_from=_("the day it was written"), customer="customer__reference", batch=1_000,
        ),
    )  # fmt: skip
