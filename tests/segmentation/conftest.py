"""The outside systems for tests of the lists."""

from tests.platform.systems.conftest import simulators

__all__ = ["simulators"]
