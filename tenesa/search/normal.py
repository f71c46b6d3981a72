"""One normal form of words and numbers, for what is indexed and for what is asked.

Words are casefolded runs of letters and digits. A number is its digits alone, with the letters before it where it has
some ("INC-1048 2219" is "inc10482219"); a telephone number begins with one 0 ("+62 21 5550 1234" is "02155501234").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from tenesa.contact.numbers import telephone

_WORD = re.compile(r"[^\W_]+")
GAP = r"[ .\-/()‐‑–—−:]"
# Every pattern is bounded, so the time is linear in the text.
NUMBER = re.compile(rf"(?<![^\W_])\+?\(?\d(?:{GAP}{{0,2}}\d){{3,29}}(?![^\W_])")
LABELLED = re.compile(rf"(?<![^\W_])[a-z]{{1,4}}{GAP}{{1,2}}\d(?:{GAP}{{0,2}}\d){{2,19}}(?![-/.:#]?[^\W_])")
CODE = re.compile(r"(?<![^\W_])[^\W_]{1,24}(?:[-/.:#][^\W_]{1,24}){0,6}(?![^\W_])")
ADDRESS = re.compile(r"[^\s<>()\[\],;:\"@]{1,64}@[^\s<>()\[\],;:\"@]{1,190}|@?[^\W_](?:[\w-]{0,60}\.){1,8}[a-z]{2,24}")
TAG = re.compile(r"(?<!\S)#[^\W_](?:[\w.&+/-]{0,60}[^\W_])?")
_UNSEEN = dict.fromkeys(
    [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF]
)  # mail programs add them
_DIGITS = re.compile(r"\D+")
LEAST = 4  # digits of a number that is worth finding
LONGEST = 60


def plain(text: str) -> str:
    """Casefolded and in one spelling of each character; without what PostgreSQL cannot keep."""
    storable = text.encode("utf-8", "ignore").decode().replace("\0", " ").translate(_UNSEEN)
    return unicodedata.normalize("NFKC", storable).casefold()


def words(text: str) -> list[str]:
    """The words of a text that is `plain`, without the ones that nobody writes by hand."""
    return [word for word in _WORD.findall(text) if len(word) <= LONGEST]


def numbers(text: str) -> Iterator[str]:
    """Every number of a text that is `plain`, in each form it may be asked for: whole, by groups, as a telephone."""
    for match in NUMBER.finditer(text):
        yield from forms(match[0])
    for pattern in (LABELLED, CODE):
        yield from (code for match in pattern.finditer(text) if (code := code_of(match[0])))


def code_of(written: str) -> str:
    """Letters and digits that belong together, without what stands between them; "" for a plain word."""
    code = "".join(_WORD.findall(written))
    return code if sum(character.isdecimal() for character in code) >= 3 and len(code) <= LONGEST else ""


def forms(number: str) -> Iterator[str]:
    """The forms of one number as it was written."""
    whole = _DIGITS.sub("", number)
    yield whole
    if local := telephone(whole):
        yield local
    groups = [group for group in _DIGITS.split(number) if len(group) >= LEAST]
    yield from (group for group in groups if group != whole)


def tags(name: str) -> list[str]:
    """How a tag of this name may be asked for: "vip area" is "#vip", "#area" and "#viparea"."""
    return [f"#{word}" for word in dict.fromkeys([*words(name), "".join(words(name))]) if word]


def domain(address: str) -> str:
    return address.rpartition("@")[2]
