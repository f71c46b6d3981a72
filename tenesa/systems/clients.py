"""A client for each system, with the address and token of the settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings

from tenesa.systems.apprec.client import ApprecClient
from tenesa.systems.backend.client import BackendClient
from tenesa.systems.callback.client import CallbackClient
from tenesa.systems.coordination.client import CoordinationClient
from tenesa.systems.cti.client import CtiClient
from tenesa.systems.cwc.client import CwcClient
from tenesa.systems.embassy.client import EmbassyClient
from tenesa.systems.epayment.client import EpaymentClient
from tenesa.systems.eyebeam.client import EyebeamClient
from tenesa.systems.http import NOBODY, Origin, SystemClient, transport
from tenesa.systems.ioc.client import IocClient
from tenesa.systems.mrtg.client import MrtgClient
from tenesa.systems.mycx.client import MycxClient
from tenesa.systems.mykiss.client import MyKissClient
from tenesa.systems.nonatero.client import NonateroClient
from tenesa.systems.nossa.client import NossaClient
from tenesa.systems.securecrt.client import SecureCrtClient
from tenesa.systems.siskas.client import SiskasClient
from tenesa.systems.softphone.client import SoftphoneClient
from tenesa.systems.tamara.client import TamaraClient
from tenesa.systems.telkom_center.client import TelkomCenterClient
from tenesa.systems.tenoss.client import TenossClient

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Client = TypeVar("Client", bound=SystemClient)

CLIENTS: dict[str, type[SystemClient]] = {
    client.system: client
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
        BackendClient,
        IocClient,
        CtiClient,
        MyKissClient,
        CallbackClient,
        SoftphoneClient,
        TamaraClient,
        CwcClient,
        EyebeamClient,
        ApprecClient,
        NonateroClient,
    )
}
LABELS: dict[str, _StrOrPromise] = {system: client.label for system, client in CLIENTS.items()}


def made(client: type[Client], origin: Origin = NOBODY, patience: float | None = None) -> Client:
    """A client of the given class; clients of one system share their connections within a process.

    `patience` is the time-out in seconds where somebody waits who has less of it than the settings.
    """
    where = settings.SYSTEMS[client.system]
    seconds = float(str(where["timeout"]))
    seconds = seconds if patience is None else min(seconds, patience)
    return client(transport(str(where["url"]), str(where["token"]), seconds), origin)


mycx = partial(made, MycxClient)
nossa = partial(made, NossaClient)
siskas = partial(made, SiskasClient)
tenoss = partial(made, TenossClient)
telkom_center = partial(made, TelkomCenterClient)
mrtg = partial(made, MrtgClient)
embassy = partial(made, EmbassyClient)
securecrt = partial(made, SecureCrtClient)
epayment = partial(made, EpaymentClient)
coordination = partial(made, CoordinationClient)
ioc = partial(made, IocClient)
backend = partial(made, BackendClient)
cti = partial(made, CtiClient)
mykiss = partial(made, MyKissClient)
callback = partial(made, CallbackClient)
softphone = partial(made, SoftphoneClient)
tamara = partial(made, TamaraClient)
cwc = partial(made, CwcClient)
eyebeam = partial(made, EyebeamClient)
apprec = partial(made, ApprecClient)
nonatero = partial(made, NonateroClient)
