"""Links that say where they lead: what is shown is compared with what a browser would open, by the browser's own rules.

A browser reads `https:\\\\evil.example`, `http:evil.example`, `https:///evil.example`, tabs and ideographic full stops
where others see no host at all. So an address is parsed as WHATWG says, and put back in its plain spelling.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import unquote

import ada_url
from lxml import etree

from tenesa.mail.address import NoSuchDomain, domain_to_ascii, normal

_READ = 2000
_DOTS = re.compile("[\u2024\u2027\u00b7\u0387\u2022\u2219\u22c5\u3002\uff0e\uff61\u06d4\u0701\u0702\ua4f8\u30fb\uff65]")
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_SLASHES = re.compile("[\u2044\u2215\u29f8\\\\]")
_HOST = r"(?:[^\s/@.:?#<>()\"',;]{1,63}\.){1,8}[^\s/@.:?#<>()\"',;]{2,24}"
_WHOLE = re.compile(rf"\s{{0,20}}({_HOST})\.?(?:[/:?#]\S{{0,500}})?\s{{0,20}}$")
_ADDRESSED = re.compile(rf"(?:\bhttps?:/{{0,8}}(?:[^\s/@]{{0,100}}@)?|\bwww\.|\bftp://)({_HOST})", re.IGNORECASE)
_MAILBOX = re.compile(rf"([\w.+-]{{1,64}})\s?@\s?({_HOST})")


def honest(link: Any) -> None:
    """Rewrite an <a>: its address in the spelling that is opened, and a note where its words name another place.

    An address that a browser would not open as one of the web, mail or telephone is taken away.
    """
    link.attrib.pop("title", None)
    url = parsed(link.get("href") or "")
    if url is None:
        link.attrib.pop("href", None)
        return
    link.set("href", url.href)
    words = link.text_content()[:_READ]
    if url.protocol == "mailto:":
        _note(link, url.pathname, wanted=_other_mailbox(words, url.pathname))
    elif url.hostname:
        link.set("title", url.hostname)
        disguised = "xn--" in url.hostname or bool(url.username or url.password)
        _note(link, url.hostname, wanted=disguised or names_another(words, url.hostname))


def parsed(href: str) -> Any:
    """The address as a browser reads it; None for one that leads nowhere or acts instead of leading."""
    try:
        url = ada_url.URL(href)
    except (ValueError, UnicodeError):
        return None
    if url.protocol in {"http:", "https:"}:
        return url if url.hostname else None
    return url if url.protocol in {"mailto:", "tel:"} else None


def names_another(words: str, host: str) -> bool:
    """Whether a link's words name a host, and one that is not its own."""
    text = _plain(words)
    whole = _WHOLE.match(text)
    claims = _ADDRESSED.findall(text) or ([whole[1]] if whole else [])
    return any(not _same_place(_host(claim), host) for claim in claims[:20])


def plain_host(host: str) -> str:
    """A host name in letters that cannot be mistaken: those beyond ASCII in their xn-- form."""
    try:
        return host if host.isascii() else domain_to_ascii(host)
    except NoSuchDomain:
        return host.encode("ascii", "backslashreplace").decode()


def _note(link: Any, target: str, *, wanted: bool) -> None:
    if wanted:
        note = etree.SubElement(link, "b")
        shown = _NOT_SHOWN.sub("\ufffd", unquote(target)[:200]) if "@" in target else target
        note.text = f" [→ {shown}]"


def _other_mailbox(words: str, target: str) -> bool:
    named = _MAILBOX.search(_plain(words))
    return named is not None and normal(f"{named[1]}@{named[2].rstrip('.')}") != normal(unquote(target))


def _plain(words: str) -> str:
    text = _DOTS.sub(".", _UNSEEN.sub("", words))
    return _SLASHES.sub("/", unicodedata.normalize("NFKC", text))


def _host(claim: str) -> str:
    return plain_host(claim.lower().rstrip("."))


def _same_place(claimed: str, host: str) -> bool:
    claimed, host = claimed.removeprefix("www."), host.removeprefix("www.").rstrip(".")
    return claimed == host or host.endswith(f".{claimed}")
