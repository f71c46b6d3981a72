"""One spelling for each mail address: the domain in ASCII (A-labels), so that equal addresses are equal strings."""

from __future__ import annotations

import re
import unicodedata

import ada_url

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")


class NoSuchDomain(ValueError):
    """The domain cannot be written in ASCII, so nothing can be sent there."""


def domain_to_ascii(domain: str) -> str:
    """The domain as DNS knows it, lower case ("Møbel。example" → "xn--mbel-gra.example"); UTS 46, as browsers do it.

    Raises NoSuchDomain for what DNS cannot hold.
    """
    name = domain.strip().lower()
    if not name.isascii():
        try:
            name = ada_url.idna_to_ascii(name).decode("ascii")
        except (ValueError, UnicodeError) as error:
            raise NoSuchDomain(domain) from error
    if name.startswith("[") and name.endswith("]"):  # [192.0.2.1]
        return name
    if len(name) > 253 or not all(map(_LABEL.fullmatch, name.split("."))):
        raise NoSuchDomain(domain)
    return name


def to_ascii(address: str) -> str:
    """The address with its domain in ASCII; the part before the @ stays as it is written.

    Raises NoSuchDomain. A result that is not ASCII has such a local part, which only a server with SMTPUTF8 takes.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at or not local:
        raise NoSuchDomain(address)
    return f"{local}@{domain_to_ascii(domain)}"


def normal(address: str) -> str:
    """The spelling by which addresses are kept and compared: `to_ascii` in lower case, or as written where it fails."""
    address = address.strip().lower()
    if address.isascii():
        return address
    address = unicodedata.normalize("NFC", address)
    try:
        return to_ascii(address)
    except NoSuchDomain:
        return address
