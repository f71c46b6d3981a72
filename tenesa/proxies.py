"""The address a request comes from, behind proxies that are trusted by name (ADR-0028).

A proxy that forwards a request appends the address that it saw, so the list is read from its end: one entry for each
trusted proxy that handed the request on, `PROXY_HOPS` at most. What stands before was written by the client.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from ipaddress import IPv4Address

ADDRESSES, SCHEME = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR"), "HTTP_X_FORWARDED_PROTO"
_FOR = re.compile(r"(?:^|;)\s*for\s*=\s*(?:\"([^\"]*)\"|([^\s;\"]*))\s*(?=;|$)", re.IGNORECASE)
_ELEMENTS = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"|[^,\"])+")
_PORT = re.compile(r"^(?:\[(?P<v6>[^\]]*)\](?::[\w-]+)?|(?P<v4>[\d.]+):[\w-]+)$")


class TrustedProxies:
    """Middleware, the outermost: REMOTE_ADDR becomes the client's address, and nobody behind reads a header for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer = str(request.META.get("REMOTE_ADDR") or "")
        header = f"HTTP_{settings.PROXY_HEADER.upper().replace('-', '_')}"
        request.META["REMOTE_ADDR"] = client_address(peer, request.META.get(header, ""))
        for name in ADDRESSES if trusted(peer) else (*ADDRESSES, SCHEME):
            request.META.pop(name, None)
        return self.get_response(request)


def address(request: HttpRequest) -> str | None:
    """Where a request comes from; None where the server does not know, as behind a socket file."""
    return request.META.get("REMOTE_ADDR") or None


def client_address(peer: str, header: str) -> str:
    """The address of the client, given who handed us the request and the forwarding header that came with it."""
    entries, client = _entries(header), peer
    for _hop in range(settings.PROXY_HOPS):
        if not entries or not trusted(client):
            break
        before = parsed(entries.pop())
        if before is None:  # “unknown”, or nonsense: the proxy is the last one known
            break
        client = str(before)
    return client


def trusted(address: str) -> bool:
    known = parsed(address)
    return known is not None and any(known in network for network in settings.TRUSTED_PROXIES)


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address with or without its port; None where it is none. An IPv4 address in IPv6 is the IPv4 address."""
    text = text.strip()
    if found := _PORT.match(text):
        text = found["v6"] or found["v4"] or ""
    try:
        found_address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (isinstance(found_address, IPv6Address) and found_address.ipv4_mapped) or found_address


def _entries(header: str) -> list[str]:
    if settings.PROXY_HEADER.lower() != "forwarded":
        return header.split(",") if header else []
    found = (_FOR.search(element) for element in _ELEMENTS.findall(header))
    return [(one[1] or one[2] or "") if one else "" for one in found]
