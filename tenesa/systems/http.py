"""How every outside system is spoken to: one HTTP contract, one way to fail (requirements 9, "Common contract").

Reads are `GET /<operation>?…`, writes `POST /<operation>` with JSON and an Idempotency-Key. The answer is always
`{ok, ref, data, error{code, message, retryable}}`. A real system whose own interface differs gets its translation in
its client; nothing above this file changes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import httpx2
import stamina
from django.utils.translation import gettext as _

from tenesa.systems.errors import Refused, SystemError_, Unavailable
from tenesa.systems.readings import BadDataError, Fields

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

logger = logging.getLogger(__name__)
logging.getLogger("httpx2").setLevel(logging.WARNING)  # its lines carry the query, and with it customers' data
Value = TypeVar("Value")
Content = TypeVar("Content", Fields, bytes)

READ_TRIES = 2
CONNECT_SECONDS = 3.0


@dataclass(frozen=True)
class Origin:
    """On whose behalf a system is called, and by which clause; both go along as headers."""

    actor: str = ""
    clause: str = ""

    def headers(self) -> dict[str, str]:
        named = {"X-Actor": self.actor, "X-Clause": self.clause}
        return {name: value.encode("ascii", "replace").decode() for name, value in named.items() if value}


NOBODY = Origin()


@dataclass(frozen=True)
class Reply:
    """A good answer: `ref` is the system's own reference, `data` its content."""

    ref: str
    data: Fields


def _is_passing(error: Exception) -> bool:
    """Worth another try at once; a time-out has cost enough already, bad data stays bad."""
    return isinstance(error, Unavailable) and error.code in {"UNAVAILABLE", "RATE_LIMIT"}


# A read may be repeated freely, so a broken connection or a 5xx is tried once more at once.
again = stamina.retry(on=_is_passing, attempts=READ_TRIES, wait_initial=0.1, wait_max=0.5, wait_jitter=0.1)


class SystemClient:
    """Base of the clients. Each method of a client is one operation and returns a value object or raises
    `Refused` or `Unavailable`; nothing else ever leaves it."""

    system: ClassVar[str]
    label: ClassVar[_StrOrPromise]

    def __init__(self, transport: httpx2.Client, origin: Origin = NOBODY) -> None:
        self._transport = transport
        self._origin = origin

    def ping(self) -> None:
        """Ask whether the system answers at all; once, because the next probe comes anyway."""
        self._send("GET", "ping")

    def _read(self, operation: str, read: Callable[[Fields], Value], **params: str | int | float) -> Value:
        reply = again(self._send)("GET", operation, params=params)
        return self._made(read, reply.data)

    def _fetch(self, operation: str, read: Callable[[bytes], Value], **params: str) -> Value:
        """A file: its bytes as they are; where there is none, the system says so as it says everything else."""
        return self._made(read, again(self._file)(operation, params))

    def _file(self, operation: str, params: Mapping[str, str]) -> bytes:
        response = self._sent("GET", operation, params=params)
        if not response.is_success:
            self._understood(response)
        return response.content

    def _write(self, operation: str, read: Callable[[Fields], Value], *, key: str, body: Mapping[str, Any]) -> Value:
        """A write is sent once; the outbox repeats it later with the same key."""
        if not key:
            raise ValueError("A write needs an idempotency key.")
        sent = self._send("POST", operation, json=dict(body), headers={"Idempotency-Key": key})
        return self._made(read, sent.data)

    def _send(self, method: str, operation: str, **content: Any) -> Reply:
        return self._understood(self._sent(method, operation, **content))

    def _sent(
        self, method: str, operation: str, headers: Mapping[str, str] | None = None, **content: Any
    ) -> httpx2.Response:
        try:
            return self._transport.request(
                method, operation, headers={**self._origin.headers(), **(headers or {})}, **content
            )
        except httpx2.TimeoutException as error:
            raise Unavailable("TIMEOUT", _("%(system)s did not answer in time.") % self._names()) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise Unavailable("UNAVAILABLE", _("%(system)s cannot be reached.") % self._names()) from error

    def _understood(self, response: httpx2.Response) -> Reply:
        try:
            answer = Fields(response.json())
            if answer.flag("ok") and response.is_success:
                return Reply(answer.words("ref"), answer.one("data", lambda data: data))
            failure = answer.one("error", self._failure)
        except ValueError:
            words = _("%(system)s has trouble of its own (HTTP %(status)d).")
            raise Unavailable(
                "UNAVAILABLE" if response.is_error else "BAD_DATA",
                words % {**self._names(), "status": response.status_code},
            ) from None
        raise failure

    def _failure(self, error: Fields) -> SystemError_:
        kind = Unavailable if error.flag("retryable") else Refused
        data = error.plain("data")
        return kind(error.text("code"), error.text("message"), data)

    def _made(self, read: Callable[[Content], Value], content: Content) -> Value:
        try:
            return read(content)
        except BadDataError as error:
            logger.warning("%s: unusable answer, field %s", self.system, error)
            words = _("%(system)s gave an answer that cannot be used (field %(field)s).")
            raise Unavailable("BAD_DATA", words % {**self._names(), "field": error}) from None

    def _names(self) -> dict[str, Any]:
        return {"system": self.label}


@lru_cache(maxsize=64)
def transport(url: str, token: str, timeout: float) -> httpx2.Client:
    """One connection pool a system and process; safe to share between threads."""
    return httpx2.Client(
        base_url=url,
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT_SECONDS)),
        trust_env=False,
    )
