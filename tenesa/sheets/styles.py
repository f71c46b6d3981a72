"""Which styles of a workbook show a number as a day."""

from __future__ import annotations

import re
from zipfile import ZipFile

from tenesa.sheets.opening import local, parse, parser_of

BUILT_IN = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}  # of ECMA-376 18.8.30, those with a day
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DAY = re.compile(r"[dy]", re.IGNORECASE)
_TIME = re.compile(r"[hs]", re.IGNORECASE)


def shows_day(code: str) -> bool:
    """Whether a format like "dd/mm/yyyy" shows a day; "hh:mm" shows none."""
    plain = _QUOTED.sub("", code.split(";", maxsplit=1)[0])
    if plain.casefold() == "general":
        return False
    return bool(_DAY.search(plain)) or ("m" in plain.casefold() and not _TIME.search(plain))


def days_of(book: ZipFile, name: str, most: int) -> frozenset[str]:
    """Numbers of the styles that show days, as cells name them. Raises NotASheet."""
    formats: dict[str, bool] = {}
    styles: list[str] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        match local(tag):
            case "numFmt":
                formats[attributes.get("numFmtId", "")] = shows_day(attributes.get("formatCode", ""))
            case "cellXfs":
                inside = True
            case "xf" if inside:
                styles.append(attributes.get("numFmtId", "0"))

    def end(tag: str) -> None:
        nonlocal inside
        if local(tag) == "cellXfs":
            inside = False

    for _block in parse(book, name, parser_of(start, end), most):
        pass
    built_in = {str(one) for one in BUILT_IN}
    return frozenset(str(place) for place, one in enumerate(styles) if formats.get(one, one in built_in))
