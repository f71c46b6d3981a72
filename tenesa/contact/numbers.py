"""One normal form of telephone and internet numbers, so that two writings of one number compare as equal.

A telephone number begins with one 0 ("+62 21 5550 1234", "021/55501234" and "02155501234" are "02155501234"); any other
number is its digits alone (an internet number of 12 digits).
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from tenesa.audit.masking import NUMBER, mask

if TYPE_CHECKING:
    from tenesa.accounts.models import User

_COUNTRY = "62"
LONGEST = 30  # digits that a column of numbers holds
# The first number of a text: what is said after it (an extension, a name, a second number) is none of its digits.
_FIRST = re.compile(r"\d(?:[^\w+,;#@]*\d)*")
_DIGITS = re.compile(r"\D+")


def normal(text: str) -> str:
    """The first number of a text in its normal form, ASCII digits only, at most 30; "" where there is none."""
    found = _FIRST.search(unicodedata.normalize("NFKC", text))
    if found is None:
        return ""
    digits = "".join(str(unicodedata.decimal(digit)) for digit in _DIGITS.sub("", found[0]))
    return telephone(digits) or digits[:LONGEST]


def telephone(digits: str) -> str:
    """In its form with one 0 in front, or "" for what is no telephone number of 8 to 14 digits."""
    bare = digits.removeprefix("00") if digits.startswith(f"00{_COUNTRY}") else digits
    if bare.startswith(_COUNTRY):
        bare = bare.removeprefix(_COUNTRY)
    elif not bare.startswith("0"):
        return ""
    local = "0" + bare.lstrip("0")
    return local if 8 <= len(local) <= 14 else ""


def is_telephone(number: str) -> bool:
    """Whether a number in its normal form can be dialled."""
    return bool(telephone(number))


def international(number: str) -> str:
    """A normal telephone number as `tel:` and a telephone system read it ("+622155501234"); others as they are."""
    return f"+{_COUNTRY}{number[1:]}" if is_telephone(number) else number


def seen_by(user: User, number: str, *, opens: bool = True) -> str:
    """A normal number on the page of a case, and wherever else it belongs to a case that this person `opens`: whole for
    people of this house, half hidden for those of another (X-09)."""
    return number if opens and not user.is_outside else masked(number)


def masked(number: str) -> str:
    """A normal number as lists show it; of a short one everything."""
    return number if len(number) < NUMBER else mask(number)
