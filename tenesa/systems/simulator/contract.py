"""What a simulated operation is: a function of the store and the request's parameters that answers or refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tenesa.systems.simulator.store import Store

HTTP_STATUS = {
    "NOT_FOUND": 404, "INVALID": 422, "CONFLICT": 409, "CLOSED": 409, "DUPLICATE": 409, "AMBIGUOUS": 409,
    "UNAUTHORISED": 401, "NO_ROUTE": 409, "NO_DEVICE": 409, "BUSY": 409, "RATE_LIMIT": 429, "UNAVAILABLE": 503,
    "TIMEOUT": 504,
}  # fmt: skip
RETRYABLE = {"RATE_LIMIT", "UNAVAILABLE", "TIMEOUT"}


class RefusalError(Exception):
    """The simulated system says no, with a code of requirements 9."""

    def __init__(self, code: str, message: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, dict(data or {})


class Params:
    """The parameters of a request; a missing one is refused as INVALID."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def need(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise RefusalError("INVALID", f"Kolom {name} wajib diisi.", {"fields": {name: "wajib diisi"}})
        return value

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None or value is False else str(value).strip()

    def whole(self, name: str, default: int) -> int:
        text = self.text(name) or str(default)
        if not text.isdecimal():
            raise RefusalError("INVALID", f"Kolom {name} harus bilangan.", {"fields": {name: "harus bilangan"}})
        return int(text)

    def flag(self, name: str) -> bool:
        return self.values.get(name) is True


@dataclass(frozen=True)
class Answer:
    data: dict[str, Any]
    ref: str = ""


Run = Callable[[Store, Params], Answer]


@dataclass(frozen=True)
class Operation:
    """`duplicate` plays the fault of that name: run just before the operation, or on its answer. With `media` the
    answer's `content` (base64) is sent as a file of that type."""

    run: Run
    writes: bool = False
    duplicate: Callable[[Store, Params], None] | None = None
    media: str = ""


def envelope(answer: Answer) -> dict[str, Any]:
    return {"ok": True, "ref": answer.ref, "data": answer.data, "error": None}


def failure(code: str, message: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
    error = {"code": code, "message": message, "retryable": code in RETRYABLE, "data": dict(data or {})}
    return {"ok": False, "ref": "", "data": None, "error": error}
