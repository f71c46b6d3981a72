"""The simulators over real HTTP, each test with the seeded world; calls wait for answers only briefly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tenesa.systems import clients, control
from tenesa.systems.mycx.values import NewTicket
from tenesa.systems.simulator import seed
from tests.services import services

PATIENCE = 0.5
LONG = 1_200  # milliseconds, longer than the patience


class Simulators:
    """The controls of the running simulators, in a test's words."""

    def reset(self) -> None:
        control._ask("mycx", "POST", "reset")

    def fail(self, target: str, kind: str, **limits: int) -> None:
        system, _dot, operation = target.partition(".")
        control.switch_on(system, operation or "*", kind, **limits)

    def heal(self, system: str) -> None:
        control.switch_off(system)

    def calls(self, target: str) -> list[dict[str, Any]]:
        system, _dot, operation = target.partition(".")
        return control.calls(system, operation)

    def incidents_of(self, service_no: str) -> list[str]:
        return [incident.number for incident in clients.nossa().incidents_of(service_no)]


@pytest.fixture
def simulators(settings: Any) -> Iterator[Simulators]:
    settings.SYSTEMS = {name: {**system, "timeout": PATIENCE} for name, system in settings.SYSTEMS.items()}
    found = Simulators()
    found.reset()
    yield found
    settings.SYSTEMS = {"mycx": {"url": services.systems_url, "token": "simulator"}}  # whatever the test changed
    found.reset()


@pytest.fixture
def ticket() -> NewTicket:
    return NewTicket(
        product_id=seed.DES_DOWN_VPN,
        reporter_name="Bonar Nababan",
        reporter_phone="0812-0000-1187",
        reporter_email="bonar@samudra.example",
        symptom="OFFLINE",
        description="Mati total sejak 07.20, lampu WAN padam.",
        segment="DES",
    )
