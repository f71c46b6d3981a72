"""A clause with its rule, and abbreviations with what they stand for, wherever a page names them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from tenesa.documents.coverage import anchor, named
from tenesa.documents.words import words

register = template.Library()


@dataclass(frozen=True)
class Rule:
    """A clause in short, and the address at which it stands in its document."""

    number: str
    text: str
    address: str


def rules(clause: str) -> Iterator[Rule]:
    """What the clauses that a step names say; one that the register does not hold is left out."""
    known = words().clauses
    for key in named(clause):
        if key in known:
            document, text = known[key]
            address = f"{reverse('documents:document', args=[document])}#{anchor(key[1])}"
            yield Rule(" ".join(key), text, address)


@register.inclusion_tag("documents/_rules.html", takes_context=True)
def rules_of(context: Context, clause: Any) -> dict[str, Any]:
    return {"rules": _seen(context, clause)}


@register.inclusion_tag("documents/_clause.html", takes_context=True)
def clause_link(context: Context, clause: Any) -> dict[str, Any]:
    """The clause as it is written beside a step; it opens its rule, by key as well as by pointer."""
    return {"clause": str(clause), "rules": _seen(context, clause)}


def _seen(context: Context, clause: Any) -> list[Rule]:
    """Our documents are not for somebody of another house."""
    return [] if getattr(context.get("user"), "is_outside", False) else list(rules(str(clause)))


@register.filter
def abbr(text: Any) -> SafeString:
    """The text with `<abbr title>` around each word of the glossary that stands for something longer."""
    found = words().terms
    pattern = _pattern(tuple(found))
    plain = str(text)
    if pattern is None or not pattern.search(plain):
        return conditional_escape(text)
    return SafeString("".join(_parts(plain, pattern, found)))


def _parts(text: str, pattern: re.Pattern[str], found: Mapping[str, str]) -> Iterator[str]:
    for place, part in enumerate(pattern.split(text)):
        yield format_html('<abbr title="{}">{}</abbr>', found[part], part) if place % 2 else conditional_escape(part)


@lru_cache(maxsize=4)
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    longest = sorted(terms, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest))})(?![\w-])") if longest else None
