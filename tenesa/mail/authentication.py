"""What our own mail server found out about the sender: SPF, DKIM, DMARC in its Authentication-Results (RFC 8601)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from tenesa.mail import headers
from tenesa.mail.address import domain_of
from tenesa.mail.mime import Part

_RESULT = re.compile(r"^\s{0,20}(spf|dkim|dmarc)(?:\s{0,5}/\s{0,5}\d{1,3})?\s{0,5}=\s{0,5}([a-z]{2,20})\b", re.I)
_DOMAIN = re.compile(
    r"\b(?:header\.(?:from|d|i)|smtp\.(?:mailfrom|helo))\s{0,5}=\s{0,5}\"?(?:[^\s;\"@]{0,100}@)?([\w.-]{1,200})",
    re.IGNORECASE,
)
_RESULTS = {"pass", "fail", "softfail", "neutral", "none", "temperror", "permerror", "policy", "bestguesspass"}
_RANK = {"pass": 0, "bestguesspass": 1}


def verdict(root: Part, trusted: Collection[str]) -> dict[str, str]:
    """{"server", "spf", "dkim", "dmarc", "<method>_domain"} as far as a trusted server says so; {} when none does.

    Anybody can write this header into a mail. Only servers in `trusted` count, and of those only the uppermost block:
    what stands below the next Received line came in with the mail. Of several signatures one that passes is enough.
    """
    names = {name.strip().lower() for name in trusted if name.strip()}
    found: dict[str, str] = {}
    for name, value in root.headers if names else ():
        if name == "received" and found:
            break
        if name != "authentication-results":
            continue
        server, results = _read(value)
        if server not in names or found.get("server", server) != server:
            continue
        found.setdefault("server", server)
        for method, (result, domain) in results.items():
            if method not in found:
                found[method] = result
                if domain:
                    found[f"{method}_domain"] = domain
    return found


def aligned_pass(found: Mapping[str, str], address: str) -> bool:
    """Whether a trusted server (`verdict`) says that the domain of a From address sent the mail."""
    domain = domain_of(address)
    if found.get("dmarc") == "pass":
        return bool(domain) and _aligned(found.get("dmarc_domain") or domain, domain)
    silent = found.get("dmarc", "none") == "none"
    return silent and found.get("dkim") == "pass" and _aligned(found.get("dkim_domain", ""), domain)


def proven(found: Mapping[str, str], address: str, receiver: str) -> bool:
    """Whether who wrote from `address` is proven, and an answer to `receiver` stays with the same domain."""
    return aligned_pass(found, address) and domain_of(receiver) == domain_of(address)


def _aligned(signer: str, domain: str) -> bool:
    return bool(signer) and (domain == signer or domain.endswith(f".{signer}"))


def _read(value: bytes) -> tuple[str, dict[str, tuple[str, str]]]:
    """(authserv-id, {method: (result, domain)}) of one header; comments are left out, they may hold anything."""
    pieces = _without_comments(headers.clean(headers.text_of(value[:10_000]))).split(";")
    words = pieces[0].split()
    results: dict[str, tuple[str, str]] = {}
    for piece in pieces[1:50]:
        if not (match := _RESULT.match(piece)):
            continue
        method, result = match[1].lower(), match[2].lower()
        if result in _RESULTS and _better(result, results.get(method)):
            domain = _DOMAIN.search(piece)
            results[method] = (result, domain[1].lower() if domain else "")
    return (words[0].strip('"').lower() if words else ""), results


def _better(result: str, known: tuple[str, str] | None) -> bool:
    return known is None or _RANK.get(result, 2) < _RANK.get(known[0], 2)


def _without_comments(text: str) -> str:
    kept: list[str] = []
    depth = 0
    quoted = False
    for char in text:
        if char == '"' and not depth:
            quoted = not quoted
        if char == "(" and not quoted:
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(char)
    return "".join(kept)
