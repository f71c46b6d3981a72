"""What a person typed, as terms: every one has to be in a case, in any of its spellings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from string import ascii_lowercase
from typing import NamedTuple

from django.db import connection

from tenesa.contact.numbers import telephone
from tenesa.search import normal
from tenesa.search.normal import GAP

LONGEST, TERMS = 200, 12
BEGINNING = 3  # letters of which the words that begin with them are looked for, and parts of words
_STEMS = """
SELECT word, ts_lexize('indonesian_stem', word) || ts_lexize('english_stem', word) FROM unnest(%s::text[]) word"""
_LIKE = re.compile(r"[%_\\]")


class Term(NamedTuple):
    """One word, number or address: what the index has for it, and how it may look in a text.

    `joined` are the words of an address or a file's name, which stand alone in the body of a mail.
    """

    exact: tuple[str, ...]
    begins: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    is_word: bool = False

    def query(self, *, begins: bool) -> str:
        """As PostgreSQL's tsquery."""
        one = [_quoted(lexeme) for lexeme in dict.fromkeys(self.exact)]
        one += [f"{_quoted(begin)}:*" for begin in dict.fromkeys(self.begins) if begins]
        if self.joined:
            one.append(f"({' & '.join(map(_quoted, self.joined))})")
        return f"({' | '.join(one)})"

    @property
    def likes(self) -> list[str]:
        return ["%" + _LIKE.sub(r"\\\g<0>", part) + "%" for part in dict.fromkeys(self.parts)]


@dataclass(frozen=True)
class SearchQuery:
    """The terms of a search; without any, nothing is found. `whole` is all of it without what stands between."""

    terms: tuple[Term, ...]
    whole: str = ""

    @classmethod
    def of(cls, text: str) -> SearchQuery:
        clear = normal.plain(text[: 2 * LONGEST])[:LONGEST]
        whole = "".join(normal.words(clear))
        written: list[Term] = []
        for pattern, kind in _KINDS:
            clear = pattern.sub(partial(_keep, kind, written), clear)
        words = list(dict.fromkeys(normal.words(clear)))
        return cls((*written, *_with_stems(words[:TERMS]))[:TERMS], whole)

    @cached_property
    def looks(self) -> list[re.Pattern[str]]:
        """How each term may look in a text."""
        return [re.compile("|".join(term.looks), re.IGNORECASE) for term in self.terms]

    @property
    def queries(self) -> list[str]:
        """The tsqueries in which to ask, until one finds something. A beginning of a common word is dear, so of several
        words each is at first taken as it is, and for a beginning only where that finds nothing."""
        first = [term.query(begins=len(self.terms) == 1 or not term.is_word) for term in self.terms]
        return list(dict.fromkeys(" & ".join(one) for one in (first, [term.query(begins=True) for term in self.terms])))

    @property
    def may_be_a_part(self) -> bool:
        """One word or number, of which parts are meant as well; not an address, and not several words together."""
        return len(self.terms) == 1 and bool(self.terms[0].begins)

    def own_number(self, prefix: str) -> int | None:
        """The case that is asked for by nothing but our own number, however its zeros are written."""
        match = re.fullmatch(rf"{prefix.lower()}0*([1-9]\d{{0,14}})", self.whole, re.ASCII)
        return int(match[1]) if match else None


def _keep(kind: Callable[[str], Term | None], kept: list[Term], match: re.Match[str]) -> str:
    """Nothing of what became a term stays; what did not stays as it is."""
    if (term := kind(match[0])) is None:
        return match[0]
    kept.append(term)
    return " "


def _address(written: str) -> Term:
    address = written.lstrip("@")
    return Term((address,), (), (address,), (re.escape(address),), tuple(normal.words(address)))


def _labelled(written: str) -> Term:
    """A number with what it is in front ("SID 4700112…"), which need not stand in the text."""
    code, number = normal.code_of(written), _number(written.lstrip(ascii_lowercase))
    return Term((code, *number.exact), (code, *number.begins), (code, *number.parts), number.looks)


def _number(written: str) -> Term:
    whole = next(normal.forms(written))
    local = telephone(whole)
    looks = [_spaced(whole)]
    if local:
        looks.append(rf"(?<!\d)\(?(?:\+?62|0){GAP}{{0,2}}(?:0{GAP}{{0,2}})?{_spaced(local[1:])}")
    wanted = tuple(dict.fromkeys(one for one in (whole, local) if one))
    return Term(wanted, wanted, wanted, tuple(looks))


def _code(written: str) -> Term | None:
    code = normal.code_of(written)
    return Term((code,), (code,), (code,), (_spaced(code),)) if code else None


def _tag(written: str) -> Term:
    """What stands in no tag may still be a number that is written with a "#"."""
    letters, code = "".join(normal.words(written)), _code(written)
    name, look = f"#{letters}", r"[\W_]{0,3}".join(map(re.escape, letters))
    if code is None:
        return Term((name,), (name,), (), (look,))
    return Term((name, *code.exact), (name, *code.begins), code.parts, (look, *code.looks))


_KINDS: tuple[tuple[re.Pattern[str], Callable[[str], Term | None]], ...] = (
    (normal.TAG, _tag),
    (normal.ADDRESS, _address),
    (normal.LABELLED, _labelled),
    (normal.NUMBER, _number),
    (normal.CODE, _code),
)


def _with_stems(words: list[str]) -> Iterator[Term]:
    stems = {}
    if words:
        with connection.cursor() as cursor:
            cursor.execute(_STEMS, [words])
            stems = dict(cursor.fetchall())
    for word in words:
        begins = (word,) if len(word) >= BEGINNING else ()
        own = tuple(stem for stem in stems.get(word) or () if stem)
        looks = [rf"(?<![^\W_]){re.escape(word)}(?![^\W_])"]
        looks += [re.escape(one) for one in (*begins, *own) if len(one) >= BEGINNING]
        yield Term((word, *own), begins, (word,), tuple(looks), is_word=True)


def _spaced(number: str) -> str:
    return f"{GAP}{{0,2}}".join(re.escape(character) for character in number)


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
