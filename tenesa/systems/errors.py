"""The two ways in which an outside system can fail us; both carry words that an agent understands."""

from __future__ import annotations

from typing import Any


class SystemError_(Exception):  # noqa: N801 - `SystemError` is a builtin
    """Base of both: `code` is one of requirements 9 (NOT_FOUND, INVALID, …), `message` is for the agent."""

    def __init__(self, code: str, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data or {}


class Refused(SystemError_):
    """The system understood and said no: trying the same again is useless, a person has to look."""


class Unavailable(SystemError_):
    """No usable answer came; whether a write took effect is unknown, so it is tried again with the same key."""
