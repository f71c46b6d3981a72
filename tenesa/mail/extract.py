"""Numbers a customer writes: product ids, incident numbers, phone numbers (requirements 2.3).

Every pattern is bounded, so the time is linear in the text. Settings may replace the patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from django.conf import settings

from tenesa.mail.values import Extracted

DEFAULT_PATTERNS = {
    # SID of data services, however the hyphen was typed; the groups are written out as 7-10.
    "sid": r"(?<![\d-])(\d{7})\s{0,2}[-‐‑–—]\s{0,2}(\d{8,10})(?![\d-])",
    # Internet number: twelve digits, also in groups of three or four.
    "internet": r"(?<![\d+.-])1[1-7]\d(?:\d{9}|[ .-]\d{3}[ .-]\d{3}[ .-]\d{3}|\d[ .-]\d{4}[ .-]\d{4})(?![\d-])",
    "incident": r"(?<![A-Za-z0-9])(INC?)[ .:#-]{0,2}(\d{6,10})(?![A-Za-z0-9])",
    "phone": r"(?<![\d+.-])(?:\+?62|\(?0)[ .-]?\(?\d{2,4}\)?(?:[ .-]?\d{2,4}){2,3}(?!\d)",
}
# What stands before a telephone number: the name of a service, a telephone ("No. Telp"), or a way to reach somebody.
_CUE = re.compile(
    r"(?P<service>(?:layanan|saluran|line|sambungan|jaringan)(?:[\s:]{1,3}(?:telepon|telpon|telp?\b))?|fastel|pots"
    r"|telepon rumah)"
    r"|(?P<telephone>\b(?:telepon|telpon|telp?|tlp)\b)"
    r"|(?P<person>\b(?:hp|handphone|ponsel|mobile|wa|whatsapp|fax|faks?|hub|hubungi|dihubungi|kontak|contact|call|phone"
    r"|cp|pic)\b)",
    re.IGNORECASE,
)
_FAULT_FOLLOWS = re.compile(
    r"[^\d\n]{0,20}\b(?:mati|rusak|gangguan|terganggu|bermasalah|putus|terputus|kresek"
    r"|(?:tidak|tdk|tak|gak?|nggak|no)\b[^\d\n]{0,15}\b(?:nada|dial|bunyi|berfungsi|aktif|suara|bisa))\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{1,6})-?(\d{5,12})(?![A-Za-z0-9])")
_DIGITS = re.compile(r"\D+")
_SOME_DIGITS = re.compile(r"(?:\d[^\d\n]{0,2}){6}")
MAX_TEXT = 50_000
CUE_WITHIN = 25  # letters before the number


def find(subject: str, own: str, rest: str = "", *, answers: bool = False) -> Extracted:
    """The numbers in the order a reader meets them: subject, the sender's own words, then signature and quotes.

    Those of the own words are answers, the others are hints; the subject of a mail that answers another is not its own.
    """
    whole = _read(subject[:1000], own[:MAX_TEXT], rest[:MAX_TEXT])
    if not whole.product_ids and not whole.incidents:
        return whole
    said = _read("" if answers else subject[:1000], own[:MAX_TEXT]) if answers or rest else whole
    return replace(whole, own=(*said.product_ids, *said.incidents))


def _read(*texts: str) -> Extracted:
    text = "\n".join(line for line in "\n".join(texts).split("\n") if _SOME_DIGITS.search(line))
    if not text:
        return Extracted()
    products, rest = _take(text, "sid", lambda match: f"{match[1]}-{match[2]}")
    internet, rest = _take(rest, "internet", lambda match: _DIGITS.sub("", match[0]))
    incidents, rest = _take(rest, "incident", lambda match: f"{match[1].upper()}{match[2]}")
    telephones, phones = _phones(rest)
    order = {number: text.find(raw) for number, raw in [*products, *internet, *telephones]}
    return Extracted(
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
        if landline and _is_service(text, match):
            services.append((local, match[0]))
    return services, list(phones)


def _is_service(text: str, number: re.Match[str]) -> bool:
    """By the last cue before it on its line; "No. Telp" is where somebody is reached unless it is said to be broken."""
    before = text[max(0, number.start() - 60) : number.start()].rpartition("\n")[2]
    cue = next(reversed(list(_CUE.finditer(before))), None)
    if cue is None or len(between := before[cue.end() :]) > CUE_WITHIN or any(one.isdigit() for one in between):
        return False
    return bool(cue["service"] or (cue["telephone"] and _FAULT_FOLLOWS.match(text, number.end())))


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
