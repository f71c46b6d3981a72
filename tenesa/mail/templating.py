"""Customer mails from templates: `{placeholder}` is replaced, and nothing else is ever interpreted (X-07).

Texts of customers and agents go in as values; they are not scanned for placeholders again and never reach a template
engine. The shipped files are version 0; a person's newer version in the database wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template

from tenesa.mail.models import MailTemplate

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
COMMON = frozenset({"greeting", "customer", "subject", "case", "agent", "desk", "contact", "body", "signature"})
_BLANK_LINES = re.compile(r"\n{3,}")


class MissingPlaceholder(LookupError):
    """The template asks for a value that the step did not give."""


@dataclass(frozen=True)
class Source:
    subject: str
    body: str
    version: int


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str
    version: int


def names() -> list[str]:
    """The mails that exist, by their shipped files."""
    return sorted(path.name.removesuffix(".subject.txt") for path in _folder().glob("*.subject.txt"))


def placeholders(name: str) -> set[str]:
    """What the newest version of a template asks for."""
    newest = source(name)
    return used(newest.subject + newest.body)


def used(text: str) -> set[str]:
    """The placeholders in a text."""
    return set(PLACEHOLDER.findall(text))


def known_placeholders(name: str) -> set[str]:
    """What a new version may ask for: what the shipped one does, and what every mail is given."""
    return used(shipped(name).subject + shipped(name).body) | COMMON


def source(name: str) -> Source:
    """The newest version of a template: the last one written by a person, else the shipped file."""
    row = MailTemplate.objects.filter(name=name).order_by("-version").values_list("subject", "body", "version").first()
    return Source(*row) if row else shipped(name)


@cache
def shipped(name: str) -> Source:
    """Version 0, from `templates/mail/`."""
    if not re.fullmatch(r"[a-z_]{1,40}", name):
        raise LookupError(f"No mail template “{name}”.")
    folder = _folder()
    try:
        subject = (folder / f"{name}.subject.txt").read_text(encoding="utf-8").strip()
        body = (folder / f"{name}.txt").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise LookupError(f"No mail template “{name}”.") from None
    return Source(subject, body, 0)


def render(name: str, context: Mapping[str, str], body_html: str | None = None) -> Rendered:
    """The finished mail. An empty value is allowed and leaves no gap; a missing one raises MissingPlaceholder.

    `body_html` is what stands for {body} in the HTML of the mail; without it the words of `context` do.
    """
    newest = source(name)
    subject = " ".join(_fill(newest.subject, context, name).split())
    text = _filled(newest.body, context, name) + "\n"
    if body_html is None:
        return Rendered(subject, text, html_of(text), newest.version)
    above, _body, below = (_filled(part, context, name) for part in newest.body.partition("{body}"))
    html = _wrapped("\n".join([_paragraphs(above), body_html, _paragraphs(below)]))
    return Rendered(subject, text, html, newest.version)


def fill(text: str, values: Mapping[str, str]) -> str:
    """A text for a person to go on with: what is known is filled in, what is not stays to be seen."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], "").strip() or match[0], text)


def html_of(text: str) -> str:
    """The same text as HTML: paragraphs and line breaks in our wrapper, everything escaped."""
    return _wrapped(_paragraphs(text))


def _paragraphs(text: str) -> str:
    found = filter(None, text.strip().split("\n\n"))
    return "\n".join("<p>" + escape(paragraph).replace("\n", "<br>\n") + "</p>" for paragraph in found)


def _wrapped(content: str) -> str:
    wrapper: str = get_template("mail/wrapper.html").render({})
    return wrapper.replace("[content]", content)


def _filled(pattern: str, context: Mapping[str, str], name: str) -> str:
    return _BLANK_LINES.sub("\n\n", _fill(pattern, context, name)).strip()


def _fill(pattern: str, context: Mapping[str, str], name: str) -> str:
    def value(match: re.Match[str]) -> str:
        try:
            return str(context[match[1]]).replace("\r\n", "\n").strip()
        except KeyError:
            raise MissingPlaceholder(f"Mail “{name}” needs a value for {{{match[1]}}}.") from None

    lines = [(line, PLACEHOLDER.sub(value, line)) for line in pattern.split("\n")]
    return "\n".join(filled for line, filled in lines if filled.strip() or not line.strip())


def _folder() -> Path:
    return Path(settings.BASE_DIR) / "templates" / "mail"
