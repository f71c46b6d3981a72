"""Numbers a customer writes: product ids, incident numbers, phone numbers (requirements 2.3).

Every pattern is bounded, so the time is linear in the text. Settings may replace the patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.conf import settings

from tenesa.mail.values import Found

DEFAULT_PATTERNS = {
    # SID of data services, however the hyphen was typed; the groups are written out as 7-10.
    "sid": r"(?<![\d-])(\d{7})\s{0,2}[-‐‑–—]\s{0,2}(\d{8,10})(?![\d-])",
    # Internet number: twelve digits, also in groups of three or four.
    "internet": r"(?<![\d+.-])1[1-7]\d(?:\d{9}|[ .-]\d{3}[ .-]\d{3}[ .-]\d{3}|\d[ .-]\d{4}[ .-]\d{4})(?![\d-])",
    "incident": r"(?<![A-Za-z0-9])(INC?)[ .:#-]{0,2}(\d{6,10})(?![A-Za-z0-9])",
    "phone": r"(?<![\d+.-])(?:\+?62|\(?0)[ .-]?\(?\d{2,4}\)?(?:[ .-]?\d{2,4}){2,3}(?!\d)",
}
_TELEPHONE_CUE = re.compile(
    r"(?:layanan|fastel|pots|saluran|line|telepon rumah|nomor telepon|no\.? ?telp)[^\d\n]{0,25}$", re.I
)
_NUMBER = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{1,6})-?(\d{5,12})(?![A-Za-z0-9])")
_DIGITS = re.compile(r"\D+")
_SOME_DIGITS = re.compile(r"(?:\d[^\d\n]{0,2}){6}")
MAX_TEXT = 50_000


def find(subject: str, own: str, quoted: str = "") -> Found:
    """The numbers in the order a reader meets them: subject, the sender's own words, then what they quote."""
    whole = "\n".join((subject[:1000], own[:MAX_TEXT], quoted[:MAX_TEXT]))
    text = "\n".join(line for line in whole.split("\n") if _SOME_DIGITS.search(line))
    if not text:
        return Found()
    products, rest = _take(text, "sid", lambda match: f"{match[1]}-{match[2]}")
    internet, rest = _take(rest, "internet", lambda match: _DIGITS.sub("", match[0]))
    incidents, rest = _take(rest, "incident", lambda match: f"{match[1].upper()}{match[2]}")
    telephones, phones = _phones(rest)
    order = {number: text.find(raw) for number, raw in [*products, *internet, *telephones]}
    return Found(
        product_ids=tuple(sorted(order, key=lambda number: order[number])),
        incidents=tuple(dict.fromkeys(number for number, _raw in incidents)),
        phones=tuple(phones),
    )


def case_numbers(subject: str) -> list[str]:
    """Words of a subject that may be a case or incident number: letters, then digits."""
    return list(dict.fromkeys(f"{a}{b}".upper() for a, b in _NUMBER.findall(subject[:1000])))[:10]


def _take(text: str, name: str, written: Callable[[re.Match[str]], str]) -> tuple[list[tuple[str, str]], str]:
    """(number, as it stood) of every hit, and the text with the hits blanked so that no digit counts twice."""
    taken: list[tuple[str, str]] = []
    pieces: list[str] = []
    position = 0
    for match in _pattern(name).finditer(text):
        taken.append((written(match), match[0]))
        pieces += [text[position : match.start()], " " * len(match[0])]
        position = match.end()
    return taken, "".join(pieces) + text[position:]


def _phones(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """(telephone lines named as a service, all phone numbers in international form)."""
    services: list[tuple[str, str]] = []
    phones: dict[str, None] = {}
    for match, local in _numbers(text):
        phones.setdefault("+62" + local[1:])
        landline = local[1] != "8" and re.fullmatch(r"0\d{2,3}\d{6,8}", local)
        if landline and _TELEPHONE_CUE.search(text, max(0, match.start() - 60), match.start()):
            services.append((local, match[0]))
    return services, list(phones)


def _numbers(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _pattern("phone").finditer(text):
        digits = _DIGITS.sub("", match[0])
        local = "0" + digits[2:].removeprefix("0") if digits.startswith("62") else digits
        if 9 <= len(local) <= 14:
            yield match, local


_compiled: dict[str, re.Pattern[str]] = {}


def _pattern(name: str) -> re.Pattern[str]:
    pattern = {**DEFAULT_PATTERNS, **getattr(settings, "MAIL_NUMBER_PATTERNS", {})}[name]
    if pattern not in _compiled:
        _compiled[pattern] = re.compile(pattern, re.IGNORECASE)
    return _compiled[pattern]
