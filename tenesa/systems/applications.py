"""The ten supporting applications of P-05 section 6, in its order, and where they are used (P-05 11.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenesa.systems.clients import LABELS as OF_CLIENTS

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

EMS, REDIS = "ems", "redis"
SITES_OF_THE_DOCUMENT = ("JKT", "BDG")
BY_THE_DOCUMENT, OUR_OWN = "P-05 11.1", "lokal: ADR-0014"


@dataclass(frozen=True)
class Application:
    """EMS is our own mailbox; all the others are outside systems of the same code."""

    code: str
    clause: str
    purpose: _StrOrPromise

    @property
    def label(self) -> str:
        return label_of(self.code)


APPLICATIONS: dict[str, Application] = {
    each.code: each
    for each in (
        Application("mycx", "P-05 6.3", _("opens fault tickets")),
        Application("nossa", "P-05 6.4", _("shows how a complaint is handled")),
        Application("epayment", "P-05 6.5", _("bills of IndiHome and telephone")),
        Application("siskas", "P-05 6.6", _("customers of IndiHome and telephone")),
        Application("tenoss", "P-05 6.7", _("database of data and internet services")),
        Application("telkom_center", "P-05 6.8", _("path of a data or internet link")),
        Application("securecrt", "P-05 6.9", _("look into Telkom's devices")),
        Application("mrtg", "P-05 6.10", _("traffic of a data or internet link")),
        Application("embassy", "P-05 6.11", _("line quality of IndiHome")),
        Application(EMS, "P-05 6.12", _("customers' mails in and out")),
    )
}
# Those that P-01 names beside MyCX and E-Payment (I-payment there), by its clauses.
OF_CARING: dict[str, Application] = {
    each.code: each
    for each in (
        Application("tamara", "P-01 6.6", _("results of caring, entered and watched")),
        Application("cwc", "P-01 8, 6", _("entry of results into TAMARA")),
        Application("eyebeam", "P-01 6.7", _("calls of the outbound desks")),
        Application("ioc", "P-01 6.9", _("takes reports of tool trouble")),
        Application("nonatero", "P-01 6.10", _("dashboard of call results")),
        Application("apprec", "P-01 9.3", _("recordings of calls")),
    )
}
LABELS: dict[str, _StrOrPromise] = {**OF_CLIENTS, EMS: "EMS", REDIS: "Redis"}


def label_of(system: str) -> str:
    """The name of an application or system as people write it; one that is gone keeps its code."""
    return str(LABELS.get(system, system.upper()))
