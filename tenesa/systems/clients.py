"""A client for each system, with the address and token of the settings."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings

from tenesa.systems.coordination.client import CoordinationClient
from tenesa.systems.embassy.client import EmbassyClient
from tenesa.systems.epayment.client import EpaymentClient
from tenesa.systems.http import NOBODY, Origin, SystemClient, transport
from tenesa.systems.mrtg.client import MrtgClient
from tenesa.systems.mycx.client import MycxClient
from tenesa.systems.nossa.client import NossaClient
from tenesa.systems.securecrt.client import SecureCrtClient
from tenesa.systems.siskas.client import SiskasClient
from tenesa.systems.telkom_center.client import TelkomCenterClient
from tenesa.systems.tenoss.client import TenossClient

Client = TypeVar("Client", bound=SystemClient)

LABELS: dict[str, str] = {
    client.system: client.label
    for client in (
        MycxClient,
        NossaClient,
        SiskasClient,
        TenossClient,
        TelkomCenterClient,
        MrtgClient,
        EmbassyClient,
        SecureCrtClient,
        EpaymentClient,
        CoordinationClient,
    )
}


def made(client: type[Client], origin: Origin = NOBODY) -> Client:
    """A client of the given class; clients of one system share their connections within a process."""
    where = settings.SYSTEMS[client.system]
    return client(transport(str(where["url"]), str(where["token"]), float(str(where["timeout"]))), origin)


def mycx(origin: Origin = NOBODY) -> MycxClient:
    return made(MycxClient, origin)


def nossa(origin: Origin = NOBODY) -> NossaClient:
    return made(NossaClient, origin)


def siskas(origin: Origin = NOBODY) -> SiskasClient:
    return made(SiskasClient, origin)


def tenoss(origin: Origin = NOBODY) -> TenossClient:
    return made(TenossClient, origin)


def telkom_center(origin: Origin = NOBODY) -> TelkomCenterClient:
    return made(TelkomCenterClient, origin)


def mrtg(origin: Origin = NOBODY) -> MrtgClient:
    return made(MrtgClient, origin)


def embassy(origin: Origin = NOBODY) -> EmbassyClient:
    return made(EmbassyClient, origin)


def securecrt(origin: Origin = NOBODY) -> SecureCrtClient:
    return made(SecureCrtClient, origin)


def epayment(origin: Origin = NOBODY) -> EpaymentClient:
    return made(EpaymentClient, origin)


def coordination(origin: Origin = NOBODY) -> CoordinationClient:
    return made(CoordinationClient, origin)
