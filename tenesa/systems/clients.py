"""A client for each system, with the address and token of the settings."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings

from tenesa.systems.http import Origin, SystemClient, transport
from tenesa.systems.nossa.client import NossaClient

Client = TypeVar("Client", bound=SystemClient)


def made(client: type[Client], origin: Origin = Origin()) -> Client:
    """A client of the given class; clients of one system share their connections within a process."""
    where = settings.SYSTEMS[client.system]
    return client(transport(where["url"], where["token"], where["timeout"]), origin)


def nossa(origin: Origin = Origin()) -> NossaClient:
    return made(NossaClient, origin)
