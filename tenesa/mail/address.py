"""One spelling for each mail address: the domain in ASCII (A-labels), so that equal addresses are equal strings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import ada_url
from django.utils.translation import gettext as _

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")

_ATOM = r"[^\s\"(),.:;<>@\[\]\\\x00-\x1f\x7f-\x9f]+"
_DOTTED = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOTS_ASTRAY = re.compile(r"[^\s\"(),:;<>@\[\]\\\x00-\x1f\x7f-\x9f]+")
_QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f\x7f-\x9f]|\\[^\x00-\x1f\x7f-\x9f])+"')
_PUBLIC = re.compile(r".+\.(?!\d+$)[a-z0-9-]{2,63}|\[[\w.:]{1,60}\]")  # more than the name of one machine
# Local parts behind which nobody reads, with or without something after them (noreply-billing@, mailer-daemon@).
_UNATTENDED = re.compile(
    r"(?:no|not|do[-_.]?not|jangan|tidak)[-_.]?(?:reply|balas|dibalas|answer)"
    r"|mailer[-_.]?daemon|post[-_.]?master|bounces?|notifications?|auto[-_.]?(?:reply|confirm)|listserv|majordomo",
)


class Unsendable(ValueError):
    """No mail server can take this address; the message says why, in the reader's words."""


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


@lru_cache(maxsize=4096)
def sendable(address: str) -> str:
    """The address for the envelope: quoted where its local part needs it (RFC 5321), its domain in ASCII.

    Only the local part may have letters outside ASCII then (SMTPUTF8). Raises Unsendable.
    """
    local, at, named = normal(address).rpartition("@")
    if not at or not local:
        raise Unsendable(_("“%(address)s” is not a mail address.") % {"address": address})
    try:
        domain = domain_to_ascii(named)
    except NoSuchDomain:
        domain = ""
    if not _PUBLIC.fullmatch(domain):
        raise Unsendable(_("“%(address)s”: there can be no such domain.") % {"address": address})
    return f"{_local(local, address)}@{domain}"


def _local(local: str, address: str) -> str:
    if len(local.encode()) > 64:
        raise Unsendable(_("“%(address)s”: the part before the @ is too long.") % {"address": address})
    if _DOTTED.fullmatch(local) or _QUOTED.fullmatch(local):
        return local
    if _DOTS_ASTRAY.fullmatch(local):  # “budi..s@”, “budi.@”: some providers gave them out
        return f'"{local}"'
    raise Unsendable(_("“%(address)s” is not a mail address.") % {"address": address})


def needs_utf8(addresses: Iterable[str]) -> bool:
    """Whether only a server with SMTPUTF8 (RFC 6531) takes them all."""
    return not all(address.isascii() for address in addresses)


def domain_of(address: str) -> str:
    return normal(address).rpartition("@")[2]


def is_unattended(address: str) -> bool:
    """True for role addresses behind which nobody reads, and for what has no local part at all."""
    local = address.rpartition("@")[0].lower()
    return not local or bool(_UNATTENDED.match(local))
