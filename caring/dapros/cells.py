"""Values of one cell: numbers of customers and telephones, days, months, yes or no. What cannot be read is refused."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from caring.dapros.reasons import Unreadable
from segmentation.segments import Product, product_of
from tenesa.sheets import Cell, day_of

BLANK = {"", "-", "–", "—", "."}
ERRORS = {
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#FIELD!",
    "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#?",
}  # fmt: skip
YES, NO = {"y", "ya", "yes", "true", "1", "isolir"}, {"t", "tidak", "n", "no", "false", "0", "tidak isolir", "aktif"}
MOST_MBPS = 100_000
LINES = {Product.INTERNET, Product.TELEPHONE}
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD])
_APOSTROPHES = "'`’‘´"
_EXPONENT = re.compile(r"[-+]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_LETTER_O = re.compile(r"[\d+() ./-]*[oO][\doO+() ./-]*")
_BETWEEN = re.compile(r"[\s().-]+")
LONGEST = 15  # digits of a telephone number with its country
_NCLI = re.compile(r"\d{7,10}")
_MOBILE = re.compile(r"08\d{8,11}")  # ten to thirteen digits
_LANDLINE = re.compile(r"0[1-79]\d{7,10}")
_BARE_MOBILE = re.compile(r"8\d{8,11}")
_SEVERAL = re.compile(r"\s*(?:[/;,|&\n]|\bdan\b|\batau\b|\bor\b|\band\b|\s{2,})\s*", re.IGNORECASE)
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_{|}~-]+@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_DAY = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T]\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)?")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{2}:\d{2}.*)?")
_MONTH = re.compile(r"(\d{4})[-/. ]?(\d{2})|(\d{1,2})[-/. ](\d{4})")
_NAMED = re.compile(r"([a-z]{3,9})[-/. ]+(\d{4})")
_SERIALS = range(32_874, 73_051)  # 1990 to 2099
_MONTHS = (
    ("januari", "january", "jan"), ("februari", "february", "feb"), ("maret", "march", "mar"), ("april", "apr"),
    ("mei", "may"), ("juni", "june", "jun"), ("juli", "july", "jul"), ("agustus", "august", "agu", "agt", "aug"),
    ("september", "sep", "sept"), ("oktober", "october", "okt", "oct"), ("november", "nov"),
    ("desember", "december", "des", "dec"),
)  # fmt: skip
_MONTH_NAMED = {name: place for place, names in enumerate(_MONTHS, start=1) for name in names}


def text(cell: Cell) -> str:
    """Without what spreadsheets put around it: apostrophe in front, NBSP, line breaks. Raises Unreadable for errors."""
    if not isinstance(cell, str):
        return f"{cell}"
    if cell.isalnum() and cell.isascii():
        return cell
    bare = " ".join(cell.translate(_INVISIBLE).split())
    if bare.upper() in ERRORS:
        raise Unreadable("ERROR", value=bare)
    return bare.lstrip(_APOSTROPHES).lstrip() if bare[:1] in _APOSTROPHES else bare


# --- numbers ---------------------------------------------------------------------------------------------------------
def digits(cell: Cell, code: str) -> str:
    """The digits of an identifier; "" for a blank cell. Raises Unreadable."""
    if isinstance(cell, int):
        return f"{cell}"
    bare = text(cell)
    if bare.isdigit() and bare.isascii():
        return bare
    if bare in BLANK:
        return ""
    if _EXPONENT.fullmatch(bare) or isinstance(cell, float):
        raise Unreadable("EXPONENT", value=bare)
    found = _BETWEEN.sub("", bare.removesuffix(".0"))
    if found.isdigit() and found.isascii():
        return found
    raise Unreadable("LETTER_O" if _LETTER_O.fullmatch(bare) else code, value=bare)


def fastel(cell: Cell) -> str:
    """The number of an internet line, or of a telephone with its 0; "" for a blank cell. Raises Unreadable.

    A spreadsheet takes the 0 of a telephone number; it is given back where no other number can be meant.
    """
    found = digits(cell, "NOT_FASTEL")
    if not found or product_of(found) in LINES:
        return found
    if found[0] > "1" and product_of(f"0{found}") == Product.TELEPHONE:
        return f"0{found}"
    raise Unreadable("NOT_FASTEL", value=text(cell))


def ncli(cell: Cell) -> str:
    found = digits(cell, "NOT_NCLI")
    if found and not _NCLI.fullmatch(found):
        raise Unreadable("NOT_NCLI", value=text(cell))
    return found


def phones(cell: Cell) -> list[str]:
    """The telephone numbers of a cell in their normal form, in its order. Raises Unreadable if one of them is none."""
    if isinstance(cell, int):
        return [_phone(f"{cell}")]
    bare = text(cell) if not isinstance(cell, str) or "\n" not in cell else text(cell.replace("\n", " / "))
    if bare in BLANK or bare == "0":
        return []
    if isinstance(cell, float) or _EXPONENT.fullmatch(bare):
        raise Unreadable("EXPONENT", value=bare)
    return [number for part in _SEVERAL.split(bare) if part.strip() for number in _phones(part)]


def _phones(part: str) -> list[str]:
    """One number, or several with nothing but a space between them."""
    tokens = part.split()
    if len(tokens) > 1 and sum(map(str.isdigit, part)) > LONGEST:
        return [_phone(token) for token in tokens]
    return [_phone(part)]


def _phone(written: str) -> str:
    bare = written.strip().lstrip(_APOSTROPHES).removesuffix(".0")
    found = _BETWEEN.sub("", bare).removeprefix("+")
    if not (found.isdigit() and found.isascii()):
        raise Unreadable("LETTER_O" if _LETTER_O.fullmatch(bare) else "NOT_PHONE", value=written)
    if found.startswith("0062"):
        found = found[2:]
    if found.startswith("62"):
        found = f"0{found[2:].lstrip('0')}"
    elif _BARE_MOBILE.fullmatch(found):
        found = f"0{found}"
    if not (_MOBILE.fullmatch(found) or _LANDLINE.fullmatch(found)):
        raise Unreadable("NOT_PHONE", value=written)
    return found


def whole(cell: Cell) -> int | None:
    """A speed: "50", "50 Mbps"; None for a blank cell. Raises Unreadable."""
    bare = text(cell)
    if bare in BLANK:
        return None
    bare = bare.casefold().removesuffix("mbps").removesuffix("mb").strip().removesuffix(".0")
    if not (bare.isdigit() and bare.isascii()) or int(bare) > MOST_MBPS:
        raise Unreadable("NOT_NUMBER", value=text(cell))
    return int(bare)


# --- words -----------------------------------------------------------------------------------------------------------
@lru_cache(64)
def yes(cell: Cell) -> bool:
    """Whether it says yes; a blank cell says no. Raises Unreadable."""
    bare = text(cell)
    if bare in BLANK or bare.casefold() in NO:
        return False
    if bare.casefold() not in YES:
        raise Unreadable("NOT_YES_NO", value=bare)
    return True


def email(cell: Cell) -> str:
    bare = text(cell)
    if bare in BLANK:
        return ""
    found = bare.casefold().removeprefix("mailto:")
    if not _EMAIL.fullmatch(found):
        raise Unreadable("NOT_EMAIL", value=bare)
    return found


@lru_cache(64)
def campaign(cell: Cell) -> str:
    """ "PRANPC", "CT0", or "" for a blank cell. Raises Unreadable."""
    bare = text(cell)
    if bare in BLANK:
        return ""
    letters = re.sub(r"[\W_]+", "", bare).upper().removeprefix("CARING")
    found = {"PRANPC": "PRANPC", "NPC": "PRANPC", "PRA": "PRANPC", "CT0": "CT0", "CTO": "CT0"}.get(letters)
    if found is None:
        raise Unreadable("NOT_CAMPAIGN", value=bare)
    return found


# --- days ------------------------------------------------------------------------------------------------------------
@lru_cache(4096)
def day(cell: Cell) -> date | None:
    """dd/mm/yyyy, yyyy-mm-dd or a serial number; None for a blank cell. Raises Unreadable; nothing is guessed."""
    bare = text(cell)
    if bare in BLANK:
        return None
    found = _day(bare)
    if found is None:
        raise Unreadable("NOT_DAY", value=bare)
    return found


def _day(bare: str) -> date | None:
    if bare.replace(".", "", 1).isdigit():
        return day_of(bare) if bare.isascii() and int(float(bare)) in _SERIALS else None
    try:
        if written := _DAY.fullmatch(bare):
            return date(int(written[4]), int(written[3]), int(written[1]))
        if written := _ISO.fullmatch(bare):
            return date(int(written[1]), int(written[2]), int(written[3]))
    except ValueError:
        pass
    return None


@lru_cache(256)
def month(cell: Cell) -> date | None:
    """The first day of "2026-11", "202611", "11/2026", "Nov 2026" or a day; None for blank. Raises Unreadable."""
    bare = text(cell)
    if bare in BLANK:
        return None
    found = _month(bare) or _day(bare)
    if found is None:
        raise Unreadable("NOT_MONTH", value=bare)
    return found.replace(day=1)


def _month(bare: str) -> date | None:
    written = _MONTH.fullmatch(bare)
    named = _NAMED.fullmatch(bare.casefold())
    if written:
        year, place = int(written[1] or written[4]), int(written[2] or written[3])
    elif named:
        year, place = int(named[2]), _MONTH_NAMED.get(named[1], 0)
    else:
        return None
    return date(year, place, 1) if 1990 <= year <= 2099 and 1 <= place <= 12 else None
