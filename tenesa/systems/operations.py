"""What can be asked of which system: (system, operation) → the function that asks."""

from __future__ import annotations

from tenesa.systems.registry import Operation

OPERATIONS: dict[tuple[str, str], Operation] = {}


def operation_of(system: str, operation: str) -> Operation:
    return OPERATIONS[system, operation]
