"""Small things that templates may not compute themselves: times in words, form fields, folded quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import lucide
from django import forms, template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.contact import numbers
from tenesa.timers.spans import span_words
from tenesa.workflow.fields import Numbered

register = template.Library()

_CLAUSE = re.compile(r"\b[A-Z]-\d\d\b(?: \d+(?:\.\d+)*)?")

_CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxSelectMultiple, "checkbox"),
    (forms.RadioSelect, "radio"),
    (forms.CheckboxInput, "checkbox"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file-input"),
    (forms.Widget, "input"),
]


@register.simple_tag
def icon(name: str, size: int = 16, label: str = "") -> SafeString:
    """An icon beside words is decoration; `label` makes one that stands alone readable."""
    return _drawn(str(name) + "", size, str(label))


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, label: str) -> SafeString:
    """Some forty icons a page: a drawing is made once, not parsed and written again for every row."""
    extra = {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    return SafeString(lucide._render_icon(name, size, **extra))


@register.simple_tag
def fixed(name: str) -> SafeString:
    """A part that is the same for everybody who reads the same language: drawn once."""
    return _fixed(name, get_language())


@cache
def _fixed(name: str, _language: str | None) -> SafeString:
    return render_to_string(name)


@register.simple_tag
def count(name: str, number: int, signal: str = "") -> SafeString:
    """A number of the menu, which the live stream keeps true by its name; 0 is not shown."""
    bad = format_html(' data-signal="{}"', signal) if number and signal else ""
    hidden = "" if number else SafeString(" hidden")
    shown = number if number < 100 else "99+"
    return format_html('<span class="count" data-count="{}"{}{}>{}</span>', name, bad, hidden, shown)


@register.filter
def when(moment: datetime | None) -> str:
    """21 Nov 2026 09.41 WIB"""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{_day(local)} {local:%Y %H.%M} WIB"


@register.filter
def seen_by(number: str, user: User) -> str:
    """A telephone number on the page of a case."""
    return numbers.seen_by(user, number)


@register.filter
def clock(moment: datetime | None) -> str:
    """Today only the time, else day and time: 09.41 or 20 Nov 09.41"""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    day = "" if local.date() == timezone.localdate() else f"{_day(local)} "
    return f"{day}{local:%H.%M}"


def _day(local: datetime) -> str:
    return f"{local.day} {MONTHS_3[local.month].title()}"


@register.filter
def since(moment: datetime | None) -> SafeString:
    """How long ago; the browser keeps it true."""
    if moment is None:
        return SafeString("")
    words = span_words((timezone.now() - moment).total_seconds())
    return format_html('<time datetime="{}" data-since title="{}">{}</time>', moment.isoformat(), when(moment), words)


@register.simple_tag
def due(moment: datetime | None, warn: datetime | None = None, *, calm: bool = False) -> SafeString:
    """Time left to a deadline; `warn` is when it becomes a risk, `calm` keeps the colour out until then."""
    if moment is None:
        return SafeString("")
    return format_html(
        '<time datetime="{}" data-due="{}" data-warn="{}" title="{}">{}</time>',
        moment.isoformat(),
        "calm" if calm else "",
        warn.isoformat() if warn else "",
        when(moment),
        span_words((moment - timezone.now()).total_seconds()),
    )


@register.filter
def clause(text: str, document: str = "") -> str:
    """The clause as the rail of `document` shows it: its name is in the heading, an ADR is for readers of the code."""
    own = str(text)
    return own.partition(":")[0] if own.startswith("lokal") else own.removeprefix(f"{document} ")


@register.filter
def clauses(text: str) -> SafeString:
    """The text with each document code and the clause behind it (“W-02 1.2”) on one line; HTML stays as it is."""
    if isinstance(text, SafeString) and "<" in text:
        return text
    return SafeString(_CLAUSE.sub(r'<span class="unbroken">\g<0></span>', conditional_escape(text)))


@register.filter
def breaks(text: str) -> SafeString:
    """Where an address may be broken: behind its "@" and its dots, not within a word."""
    return mark_safe(re.sub(r"([@.])(?=\w)", r"\1<wbr>", conditional_escape(text)))  # noqa: S308 - escaped


@register.filter
def initials(name: object) -> str:
    words = [word for word in str(name).split() if word[:1].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@register.filter
def role_names(roles: Iterable[Role]) -> str:
    return ", ".join(str(role.label) for role in sorted(roles, key=list(Role).index))


@register.filter
def filesize_short(size: int) -> str:
    return f"{size / 1_048_576:.1f} MB".replace(".", ",") if size >= 1_000_000 else f"{max(1, size // 1024)} kB"


@register.simple_tag(takes_context=True)
def hands_in(context: dict[str, Any]) -> SafeString:
    """The attributes of a page's form that hands in files. It is sent within the page: what was chosen stays chosen
    where something is refused (`typed.js`); what is taken answers with `lead`."""
    address = context["request"].get_full_path()
    return format_html(
        'method="post" enctype="multipart/form-data" novalidate hx-post="{}" hx-encoding="multipart/form-data"'
        ' hx-target="closest .page" hx-select=".page" hx-swap="outerHTML" hx-disabled-elt="find [data-submit]"',
        address,
    )


@register.simple_tag(takes_context=True)
def heard(context: dict[str, Any], part: str, address: str, waits: bool = True) -> SafeString:
    """The attributes of a part, with its id, that follows what others ask and decide: while something `waits` it is
    drawn anew from the page at `address` whenever the reader's notices are others. What is typed stands outside."""
    if not waits:
        return format_html('id="{}"', part)
    query = context["request"].GET.urlencode()
    return format_html(
        'id="{0}" hx-get="{1}" hx-select="#{0}" hx-trigger="live-notices from:body" hx-swap="morph"',
        part,
        f"{address}?{query}" if query else address,
    )


@register.inclusion_tag("ui/_field.html")
def field(bound: BoundField, prefix: str = "") -> dict[str, Any]:
    """One form field with label, help and errors wired for assistive technology. `prefix` keeps ids apart."""
    known: Any = bound.field
    if getattr(known, "empty_label", None) == "---------":  # Django's own: no choice looks the same everywhere
        known.empty_label = "—"
    widget = known.widget
    name = next(css for kind, css in _CLASSES if isinstance(widget, kind))
    ident = f"{prefix}{bound.auto_id or bound.html_name}"
    attrs: dict[str, Any] = {"class": name, "id": ident}
    described = [f"{ident}_help"] if bound.help_text else []
    if bound.errors:
        attrs["aria-invalid"] = "true"
        described.append(f"{ident}_error")
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return {
        "bound": bound,
        "ident": ident,
        "widget": bound.as_widget(attrs=attrs) if name != "radio" else "",
        "kind": name,
        "single": isinstance(widget, forms.CheckboxInput),
        "group": isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple),
        "numbered": isinstance(widget, Numbered),
        "attrs": attrs,
        "needed": _needed(bound, prefix),
    }


def _needed(bound: BoundField, prefix: str) -> dict[str, Any] | None:
    """Which choices make this field required, and whether they are made now; None for a field that none does."""
    rule = getattr(bound.form, "needed_when", {}).get(bound.name)
    others = [bound.form[name] for name in rule.names if name in bound.form.fields] if rule else []
    if rule is None or not others:
        return None
    words = sorted(map(str, rule.values))
    return {
        "names": " ".join(other.html_name for other in others),
        "values": " ".join(words),
        "words": rule.words,
        "now": any(str(other.value() or "") in words for other in others),
    }
