"""What the sender wrote now, and what is history or trailer below it. Only folded on screen, never dropped.

Line by line, each line looked at with bounded patterns: linear time whatever a mail contains.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tenesa.mail.wording import any_of

# "Pada Sen, 3 Nov 2025 pukul 10.00 Budi <b@x> menulis:" · "On Mon ... wrote:" and the usual neighbours.
_WROTE_START = any_of(
    r"(?:Pada|Tanggal|On|Am|Le|El|Il|Em|Op|Den|W dniu|Dnia|At|In)\b",
    r"\d{4}[-/年]",
    r".{0,80}<[^<>\s]{3,80}@",
    before=r"\s{0,3}(?:>\s?){0,9}",
)
_WROTE_END = any_of(
    *("menulis", "menuliskan", "menulis sebagai berikut", "berkata", "wrote", "writes", "said", "schrieb", "a écrit"),
    *("ha scritto", "escribió", "escreveu", "schreef", "skrev", r"napisał\(?a?\)?", r"написал\(?а?\)?", "пишет"),
    *("kirjoitti", "のメール", "写道"),
    after=r"\s{0,2}(?:\([^()]{0,40}\))?\s{0,2}[::]\s{0,3}$",
)
_DATED = re.compile(r"\s{0,3}(?:>\s?){0,9}\d{4}-\d\d?-\d\d?\b.{0,150}<[^<>\s]{3,100}>\s?:$")
_RULE = any_of(
    *("Original Message", "Original Appointment", "Forwarded message", "Forwarded by", "Begin forwarded message"),
    *("Pesan Asli", "Surat Asli", "Surel Asli", "Pesan Terusan", "Pesan yang diteruskan"),
    *("Mulai pesan (?:terusan|yang diteruskan)", "Ursprüngliche Nachricht", "Message d'origine"),
    *("Mensaje original", "Messaggio originale"),
    before=r"\s{0,3}[>*]{0,2}\s{0,2}(?:[-_=]{2,40}\s{0,3})?",
    after=r"\b.{0,80}$",
)
_RULE_NEEDS = re.compile(r"[-_=:]{1,2}")
_FIELD = any_of(
    *("Dari", "Kepada", "Untuk", "Tanggal", "Tgl", "Hari", "Dikirim", "Terkirim", "Perihal", "Subjek", "Judul", "Hal"),
    *("Cc", "Tembusan", "From", "To", "Sent", "Date", "Subject", "Reply-To", "Von", "Gesendet", "An", "Betreff"),
    *("De", "À", "Envoyé", "Objet", "Da", "Inviato", "Oggetto", "Para", "Enviado", "Asunto"),
    before=r"\s{0,3}(?:>\s?){0,5}\*{0,2}",
    after=r"\s{0,2}\*{0,2}\s{0,2}[::]\*{0,2}\s{0,2}(.{0,400})",
)
_OPENERS = frozenset({"dari", "from", "von", "de", "da"})
_SENT_FROM = any_of(
    *("Dikirim (?:dari|melalui|dengan|menggunakan)", "Terkirim dari", "Dapatkan Outlook", "Unduh Outlook"),
    *("Sent (?:from|via|with|using)", "Get Outlook", "Von meinem", "Envoyé (?:de|depuis)", "Enviado (?:desde|do)"),
    "Inviato da",
    before=r"\s{0,3}(?:_{2,}\s{0,3})?",
    after=r"\b.{0,120}$",
)
_SIGNATURE = re.compile(r"-- ?$|--\s?$|_{5,}\s*$|—\s?$")
_QUOTE = re.compile(r"\s{0,3}[>|»]")
_LINE = re.compile(r"\s{0,3}[-_=*]{8,}\s{0,3}$")


@dataclass(frozen=True, slots=True)
class Reading:
    """The parts of a mail's text: the sender's own words, their signature, and the quoted history."""

    own: str
    signature: str = ""
    quoted: str = ""


def read(text: str) -> Reading:
    """Split a text. What is written below or between quotes counts as own; a forward without own words is all own."""
    lines = text.split("\n")
    cut = _history_starts(lines)
    top, history = lines[:cut], lines[cut:]
    own, quoted_inline = _without_quotes(top)
    own, signature = _without_signature(own)
    quoted = "\n".join([*quoted_inline, *history]).strip("\n")
    if not any(line.strip() for line in own):
        return Reading(own="\n".join(signature).strip(), quoted=quoted) if signature else Reading(own="", quoted=quoted)
    return Reading("\n".join(own).strip(), "\n".join(signature).strip(), quoted)


def _history_starts(lines: list[str]) -> int:
    """Index of the first line from which everything is history; the number of lines when there is none."""
    fields = _fields(lines)
    for index, line in enumerate(lines):
        if len(line) > 500 or not line.strip():
            continue
        if _is_rule(line) or _is_header_block(fields, index):
            above = index
            while above and (_LINE.match(lines[above - 1]) or not lines[above - 1].strip()):
                above -= 1
            return above
        height = _attribution(lines, index)
        if height and _rest_is_history(lines, index + height):
            return index
    return len(lines)


def _is_rule(line: str) -> bool:
    return bool(_RULE.match(line)) and (
        bool(_RULE_NEEDS.search(line)) or line.strip().lower().startswith("begin forwarded")
    )


def _fields(lines: list[str]) -> list[str]:
    """For each line the lower-case name of the header field it looks like, or ""."""
    found = (_FIELD.match(line[:500]) if ":" in line[:60] or ":" in line[:60] else None for line in lines)
    return [field[1].lower() if field and field[2].strip() else "" for field in found]


def _is_header_block(fields: list[str], index: int) -> bool:
    """ "Dari: … / Kepada: … / Perihal: …" of Outlook and phones: an opener and two more fields in the next lines."""
    return fields[index] in _OPENERS and len(set(fields[index + 1 : index + 8]) - {""}) >= 2


def _attribution(lines: list[str], index: int) -> int:
    """How many lines an attribution ("… menulis:") takes from here: up to four, 0 when it is none."""
    near = lines[index : index + 4]
    if not any(line.rstrip().endswith((":", ":")) for line in near) or not _WROTE_START.match(lines[index][:500]):
        return 0
    joined = ""
    for height, line in enumerate(near, start=1):
        if height > 1 and not line.strip():
            return 0
        joined = f"{joined} {line.strip()}"[-600:]
        if joined.endswith((":", ":")) and (_WROTE_END.search(joined[-200:]) or _DATED.match(joined)):
            return height
    return 0


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
        height = _attribution(lines, index) if line.strip() and len(line) <= 500 else 0
        if height and index + height < len(lines) + 1 and _quote_follows(lines, index + height):
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
    """The trailer: "-- " with what follows, or "Dikirim dari …" at the end."""
    for index, line in enumerate(lines):
        if _SIGNATURE.match(line) and index and len(lines) - index <= 25:
            return lines[:index], lines[index:]
        if _SENT_FROM.match(line[:200]) and not any(rest.strip() for rest in lines[index + 4 :]):
            return lines[:index], lines[index:]
    return lines, []
