"""Windows for people and the outside systems, for tests of the lists."""

from tests.journeys.browser.conftest import seat
from tests.platform.systems.conftest import simulators

__all__ = ["seat", "simulators"]
