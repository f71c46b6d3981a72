"""What the sender wrote now, and what is history or trailer below it. Only folded on screen, never dropped.

Line by line, each line looked at with bounded patterns: linear time whatever a mail contains.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tenesa.mail import attribution
from tenesa.mail.wording import any_of

_SENT_FROM = any_of(
    *("Dikirim (?:dari|melalui|dengan|menggunakan|lewat)", "Terkirim dari", "Dapatkan Outlook", "Unduh Outlook"),
    *("Dikirim secara", "Sent (?:from|via|with|using)", "Get Outlook", "Von meinem", "Gesendet (?:von|mit|über)"),
    *(
        "Envoyé (?:de|depuis|à partir)",
        "Enviado (?:desde|do|a partir)",
        "Inviato (?:da|dal)",
        "Verzonden (?:vanaf|met)",
    ),
    *("Skickat från", "Sendt fra", "Отправлено (?:с|из)", "Wysłane z", "Lähetetty"),
    before=r"\s{0,8}[*_(]{0,3}(?:_{2,}\s{0,3})?",
    after=r"\b(.{0,110})$",
)
_SIGNATURE = re.compile(r"\s{0,8}(?:--\s?|_{2,}\s*|—\s?|\u2013{2}\s?)$")
_CLOSING = any_of(
    *("(?:best|kind|warm|with)? ?(?:kind )?regards", "sincerely(?: yours)?", "yours (?:sincerely|faithfully)"),
    *("hormat (?:kami|saya)", "salam hormat", "hormat", "best wishes", "salam"),
    before=r"\s{0,8}",
    after=r"\s?[,.]?\s{0,3}$",
)
_QUOTE = re.compile(r"\s{0,8}[>|»](?!>>\s.{0,200}<<<)")
_SIGNS = (">", "|", "»")
_LINE = re.compile(r"\s{0,8}[-_=*]{4,}\s{0,3}$")


MAX_READ = 150_000
MAX_LINES = 3_000


@dataclass(frozen=True, slots=True)
class Reading:
    """The parts of a mail's text: the sender's own words, their signature, and the quoted history."""

    own: str
    signature: str = ""
    quoted: str = ""


def read(text: str) -> Reading:
    """Split a text. What is written below or between quotes counts as own; where nothing else is, all is own."""
    head, rest = _readable(text)
    lines = [piece for line in head.split("\n") for piece in attribution.apart(line)]
    cut = _history_starts(lines)
    top, history = lines[:cut], [*lines[cut:], *rest]
    own, quoted_inline = _without_quotes(top)
    own, signature = _without_signature(own)
    quoted = "\n".join([*quoted_inline, *history]).strip("\n")
    if any(line.strip() for line in own):
        return Reading("\n".join(own).strip(), "\n".join(signature).strip(), quoted)
    if signature:
        return Reading(own="\n".join(signature).strip(), quoted=quoted)
    return Reading(own=text.strip())  # nothing but history: it is what the sender wanted to be read


def _readable(text: str) -> tuple[str, list[str]]:
    """As much as a person would read, and the lines after that: they are folded, whatever they are."""
    end, at = min(len(text), MAX_READ), -1
    for _number in range(MAX_LINES):
        at = text.find("\n", at + 1, end)
        if at < 0:
            break
    else:
        end = at
    return text[:end], text[end:].split("\n") if end < len(text) else []


def _after_forward(lines: list[str], named: list[tuple[str, str]]) -> int:
    """Where the words of a forwarded mail begin: it is why the mail was sent, so only what it quotes is history."""
    for index, line in enumerate(lines):
        if attribution.is_forward(line):
            near = range(index, min(index + 14, len(lines)))
            return max((spot for spot in near if named[spot][0]), default=index) + 1
        if attribution.is_rule(line) or (named[index][0] and attribution.is_header_block(named, index)):
            break
    return 0


def _history_starts(lines: list[str]) -> int:
    """Index of the first line from which everything is history; the number of lines when there is none."""
    named = attribution.fields(lines)
    start = _after_forward(lines, named)
    for index, line in enumerate(lines):
        if index < start or len(line) > attribution.MAX_LINE or not line.strip():
            continue
        if attribution.is_rule(line) or attribution.is_forward(line) or attribution.is_header_block(named, index):
            above = index
            while above and (_LINE.match(lines[above - 1]) or not lines[above - 1].strip()):
                above -= 1
            return above
        height = attribution.height(lines, index) or _bare(lines, index)
        if height and _rest_is_history(lines, index + height):
            return index
    return len(lines)


def _bare(lines: list[str], index: int) -> int:
    """A name and a date alone announce a quote only where one follows at once."""
    if not any(line.lstrip()[:1] in _SIGNS for line in lines[index + 1 : index + 5] if line):
        return 0
    height = attribution.bare(lines, index)
    return height if height and _quote_follows(lines, index + height) else 0


def _rest_is_history(lines: list[str], start: int) -> bool:
    """True unless own words follow the quote: then only the quoted lines are folded."""
    rest = [line for line in lines[start:] if line.strip()]
    if not any(_QUOTE.match(line) for line in rest):
        return True
    tail = []
    for line in reversed(rest):
        if _QUOTE.match(line):
            break
        tail.append(line)
    own = [line for line in tail if not _SENT_FROM.match(line[:200]) and not _SIGNATURE.match(line)]
    return not own


def _without_quotes(lines: list[str]) -> tuple[list[str], list[str]]:
    own: list[str] = []
    quoted: list[str] = []
    skip = 0
    for index, line in enumerate(lines):
        if skip:
            skip -= 1
            quoted.append(line)
            continue
        height = (attribution.height(lines, index) or _bare(lines, index)) if line.strip() else 0
        if height and _quote_follows(lines, index + height):
            skip = height - 1
            quoted.append(line)
        elif _QUOTE.match(line):
            quoted.append(line)
        else:
            own.append(line)
    return own, quoted


def _quote_follows(lines: list[str], start: int) -> bool:
    return any(_QUOTE.match(line) for line in lines[start : start + 3])


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """The trailer: "-- " with what follows, the mark of a telephone, or a closing with a name."""
    written = False
    for index, line in enumerate(lines):
        left = len(lines) - index
        if written and (
            (left <= 25 and _SIGNATURE.match(line))
            or _is_sent_from(lines, index)
            or (left <= 10 and _is_closing(lines, index))
        ):
            return lines[:index], lines[index:]
        written = written or bool(line.strip())
    return lines, []


def _is_sent_from(lines: list[str], index: int) -> bool:
    """ "Dikirim dari iPhone saya" at the end, or standing alone above a quote that nothing else announces."""
    line = lines[index]
    if not _SENT_FROM.match(line[:200]):
        return False
    if not any(rest.strip() for rest in lines[index + 4 :]):
        return True
    alone = not lines[index - 1].strip() and not "".join(lines[index + 1 : index + 2]).strip()
    return alone and len(line) <= 80 and not line.rstrip().endswith((".", ",", ";", "?"))


def _is_closing(lines: list[str], index: int) -> bool:
    """A closing word on a line of its own, and below it short lines only: names, functions, numbers."""
    below = [line.strip() for line in lines[index + 1 :] if line.strip()]
    return bool(_CLOSING.match(lines[index])) and bool(below) and all(len(line) <= 60 for line in below)
