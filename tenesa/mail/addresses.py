"""Mail addresses as servers take them: A-labels for domains (IDNA), quotes where a local part needs them (RFC 5321)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import idna
from django.utils.translation import gettext as _

_ATOM = r"[^\s\"(),.:;<>@\[\]\\\x00-\x1f\x7f-\x9f]+"
_DOTTED = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOTS_ASTRAY = re.compile(r"[^\s\"(),:;<>@\[\]\\\x00-\x1f\x7f-\x9f]+")
_HOST = re.compile(r"(?=.{1,253}$)(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.)+(?!\d+$)(?!-)[a-z0-9-]{2,63}(?<!-)")
_QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f\x7f-\x9f]|\\[^\x00-\x1f\x7f-\x9f])+"')

# Local parts behind which nobody reads, with or without something after them (noreply-billing@, mailer-daemon@).
_UNATTENDED = re.compile(
    r"(?:no|not|do[-_.]?not|jangan|tidak)[-_.]?(?:reply|balas|dibalas|answer)"
    r"|mailer[-_.]?daemon|post[-_.]?master|bounces?|notifications?|auto[-_.]?(?:reply|confirm)|listserv|majordomo",
)


class Unsendable(ValueError):
    """No mail server can take this address; the message says why, in the reader's words."""


def canonical(address: str) -> str:
    """The one spelling by which addresses are stored and compared; what is no address stays as it is, in lower case."""
    try:
        return sendable(address)
    except Unsendable:
        return address.strip().lower()


@lru_cache(maxsize=4096)
def sendable(address: str) -> str:
    """The address for the envelope, in lower case; only its local part may have letters outside ASCII (SMTPUTF8)."""
    local, at, domain = address.strip().lower().rpartition("@")
    if not at or not local or not domain:
        raise Unsendable(_("“%(address)s” is not a mail address.") % {"address": address})
    return f"{_local(local, address)}@{_a_labels(domain, address)}"


def needs_utf8(addresses: Iterable[str]) -> bool:
    """Whether only a server with SMTPUTF8 (RFC 6531) takes them all."""
    return not all(address.isascii() for address in addresses)


def domain_of(address: str) -> str:
    return canonical(address).rpartition("@")[2]


def is_unattended(address: str) -> bool:
    """True for role addresses behind which nobody reads, and for what has no local part at all."""
    local = address.rpartition("@")[0].lower()
    return not local or bool(_UNATTENDED.match(local))


def _local(local: str, address: str) -> str:
    if len(local.encode()) > 64:
        raise Unsendable(_("“%(address)s”: the part before the @ is too long.") % {"address": address})
    if _DOTTED.fullmatch(local) or _QUOTED.fullmatch(local):
        return local
    if _DOTS_ASTRAY.fullmatch(local):  # “budi..s@”, “budi.@”: some providers gave them out
        return f'"{local}"'
    raise Unsendable(_("“%(address)s” is not a mail address.") % {"address": address})


def _a_labels(domain: str, address: str) -> str:
    labels = domain.rstrip(".")
    try:
        labels = labels if labels.isascii() else idna.encode(labels, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        labels = ""
    if not _HOST.fullmatch(labels):
        raise Unsendable(_("“%(address)s”: there can be no such domain.") % {"address": address})
    return labels
