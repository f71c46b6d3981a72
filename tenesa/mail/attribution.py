"""The lines that mail programs put above what they quote: "… menulis:", "Dari: / Kepada: / Perihal:", rules.

The words differ with program and language, the shape does not: a moment and an address, or a moment and "wrote", and a
colon; or a block of header fields. So the shape decides, and the words are only needed where it is not enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tenesa.mail.wording import any_of

MAX_LINE = 500
_MARKS = r"[\s>|*_]{0,12}"
_MOMENT = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b|\d年|\d\s?월")
_ADDRESS = re.compile(r"[\w.+=-]{1,80}@[\w.-]{2,80}")
_ADDRESS_LAST = re.compile(r"[<(\[][^<>()\[\]]{0,20}[\w.+=-]{1,80}@[\w.-]{2,80}[^<>()\[\]]{0,90}[>)\]]+\s?[::]$")
_START = any_of(
    *("Pada", "Tanggal", "On", "Am", "Le", "El", "Il", "Em", "Op", "Den", "W dniu", "Dnia", "At", "In", "På", "Vào"),
    *("Le", "Dne", "Em", "Om", "Den", "Quoting", "Mengutip", "Data"),
    before=_MARKS + "-{0,20} ?",
    after=r"(?=\s|$)",  # not the "om.example" of an address torn in two
)
_WROTE_WORDS = (
    *("menulis(?:kan)?(?: sebagai berikut)?", "wrote", "writes", "schrieb", "geschrieben", "a écrit", "ha scritto"),
    *("escribió", "escreveu", "schreef", "geschreven", "skrev", r"napisał\(?a?\)?", r"написал\(?а?\)?", "пишет"),
    *(
        "kirjoitti",
        "のメール",
        "写道",
        "寫道",
        "작성",
        "đã viết",
        "napsala?",
        "írta",
        "yazdı",
        "έγραψε",
        "scrisse",
        "a scris",
    ),
)
_WROTE = any_of(*_WROTE_WORDS, before=r"(?:^|[\s,>\])\"日])", after=r"\b|(?<=[道성ル])")
_WROTE_LAST = any_of(*_WROTE_WORDS, after=r"\s{0,2}(?:\([^()]{0,40}\))?\s{0,2}[::]?\s{0,3}-{0,20}$")
_SAID_LAST = any_of("berkata", "said", "says", "sent", after=r"\s{0,2}[::]$")
_DASHED = any_of("wrote", "menulis", "schrieb", "a écrit", before=r"\s{0,3}-{2,20}.{1,200}", after=r"\s{0,3}-{2,20}$")
_DATE = r"""(?:\d{1,2}[ ./-]{1,2}(?:\d{1,2}|[^\W\d]{3,10})\.?,?[ ./-]\d{2,4}|\d{4}[-./]\d\d?[-./]\d\d?
    |[^\W\d]{3,10}\.?\ \d{1,2},?\ \d{4})"""
_NAME = r"(?:[^\W\d][\w.'’-]{0,30},?\s{1,3}){0,5}[^\W\d][\w.'’-]{0,30}(?:\s?<[^<>\s]{3,100}>)?"
_CLOCK = (
    r"(?:,?\s{1,3}(?:pukul|jam|at|um|à|@)?\s{0,3}\d{1,2}[.:]\d\d(?:[.:]\d\d)?(?:\s?[AaPp]\.?[Mm]\.?)?(?:\s[A-Z]{2,4})?)"
)
_WEEKDAY = r"(?:[^\W\d]{3,10}\.?,?\s{1,3})?"
_BARE = re.compile(
    rf"{_MARKS}(?:{_NAME}[,:]?\s{{1,3}}[(\[]?{_WEEKDAY}{_DATE}{_CLOCK}?|{_WEEKDAY}{_DATE}{_CLOCK}?[,:]?\s{{1,3}}{_NAME})[)\]]?\s?:?\s{{0,3}}$",
    re.VERBOSE,
)
_TORN_LINK = re.compile(r"(mailto:[^\s<>]{0,200}) ([^\s<>]{1,200}>)")
_DATED_ADDRESS = re.compile(rf"{_MARKS}\d{{4}}[-/.]\d\d?[-/.]\d\d?\b.{{0,150}}<[^<>\s]{{3,100}}>\s?[::]?$")
_QUOTING = re.compile(r"(?:Quoting|Mengutip|Zitat von|Citando a?)\b.{1,120}[\w.-]>?\s?[::]$", re.IGNORECASE)
_ENDS = (":", ":", ">", "-", "wrote", "menulis")
_SHARED = re.compile(r"(.{1,300}?)(\s{0,3}(?:-{2,20}\s{0,3})?\b(?:On|Pada)\s[^\n]{0,20}\d[^\n]{5,300})$")

_RULE = any_of(
    *("Original Message", "Original Appointment", "Pesan Asli", "Surat Asli", "Surel Asli", "Ursprüngliche Nachricht"),
    *("Message d'origine", "Mensaje original", "Messaggio originale", "Oprindelig besked", "Opprinnelig melding"),
    *("Originalmeddelande", "Oorspronkelijk bericht", "Исходное сообщение", "Mensagem original", "Reply message"),
    *("Alkuperäinen viesti", "Původní zpráva", "Wiadomość oryginalna", "原始邮件", "Replied Message", "Pesan Balasan"),
    *("Message original", "Original-Nachricht", "Thư gốc", "Mesej Asal", "Pesan Sebelumnya"),
    before=_MARKS + r"(?:[-_=]{1,40}\s{0,3})?",
    after=r"(?!\w).{0,80}$",
)
_FORWARD = any_of(
    *("Forwarded message", "Forwarded by", "Begin forwarded message", "Pesan Terusan", "Pesan yang diteruskan"),
    *("Mulai pesan (?:terusan|yang diteruskan)", "Weitergeleitete Nachricht", "Message transféré", "Diteruskan oleh"),
    *("Doorgestuurd bericht", "Mensaje reenviado", "Messaggio inoltrato", "Pesan Diteruskan", "Surel Terusan"),
    before=_MARKS + r"(?:[-_=]{1,40}\s{0,3})?",
    after=r"(?!\w).{0,80}$",
)
_RULE_SIGNS = re.compile(r"[-_=]{2}|[::]\s{0,3}$")
_FIELDS = {
    "from": (
        *("Dari", "From", "Von", "De", "Da", "Van", "Fra", "Från", "Od", "От", "Lähettäjä", "发件人", "寄件者"),
        *("差出人", "보낸 ?사람", "Từ", "Kimden", "Daripada", "Pengirim", "Feladó"),
    ),
    "to": (
        *("Kepada", "Untuk", "Ke", "To", "An", "À", "A", "Aan", "Til", "Till", "Do", "Кому", "Para", "Vastaanottaja"),
        *("收件人", "宛先", "받는 ?사람", "Đến", "Kime", "Penerima", "Pre", "Komu"),
    ),
    "date": (
        *("Tanggal", "Tgl", "Hari", "Dikirim", "Terkirim", "Date", "Sent", "Gesendet", "Datum", "Envoyé", "Inviato"),
        *("Enviado", "Verzonden", "Sendt", "Dato", "Skickat", "Wysłano", "Отправлено", "Дата", "日期", "发送时间"),
        *(
            "Data",
            "Fecha",
            "Lähetetty",
            "Message du",
            "送信日時",
            "보낸 ?날짜",
            "Ngày",
            "Tarih",
            "Date d'envoi",
            "Odesláno",
        ),
    ),
    "subject": (
        *("Perihal", "Subjek", "Judul", "Hal", "Subject", "Betreff", "Objet", "Sujet", "Oggetto", "Asunto", "Assunto"),
        *(
            "Onderwerp",
            "Emne",
            "Ämne",
            "Temat",
            "Тема",
            "主题",
            "主旨",
            "件名",
            "제목",
            "Aihe",
            "Tiêu đề",
            "Konu",
            "Předmět",
        ),
    ),
    "cc": ("Cc", "Tembusan", "Salinan", "Copie à", "Copie", "Kopie", "Kopi", "Копия", "抄送", "Reply-To", "Kopia"),
}
_KIND_OF = {word.lower(): kind for kind, words in _FIELDS.items() for word in words}
_FIELD = any_of(
    *sorted((word for words in _FIELDS.values() for word in words), key=len, reverse=True),
    before=_MARKS,
    after=r"\s{0,3}\*{0,2}\s{0,3}[::]\*{0,2}(.{0,400})",
)
_ALL_IN_ONE = re.compile(r"\s(?:Date|Sent|Tanggal|Dikirim|Gesendet|Envoyé)\s?:.{0,40}\d", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def is_rule(line: str) -> bool:
    """ "-----Pesan Asli-----" and its like."""
    return bool(_RULE.match(line[:MAX_LINE])) and bool(_RULE_SIGNS.search(line[:MAX_LINE]))


def is_forward(line: str) -> bool:
    """ "---------- Pesan terusan ----------": what follows is why the mail was sent, not its history."""
    return bool(_FORWARD.match(line[:MAX_LINE])) and bool(_RULE_SIGNS.search(line[:MAX_LINE]))


def fields(lines: Sequence[str]) -> list[tuple[str, str]]:
    """For each line which header field it looks like ("" for none), and the field's value."""
    found: list[tuple[str, str]] = []
    for line in lines:
        short = line[:80]
        match = _FIELD.match(_INVISIBLE.sub("", line[:MAX_LINE])) if ":" in short or ":" in short else None
        word = " ".join(match[1].lower().split()) if match else ""
        found.append(
            (_KIND_OF.get(word, _KIND_OF.get(word.replace(" ", ""), "")), match[2].strip()) if match else ("", "")
        )
    return found


def is_header_block(named: Sequence[tuple[str, str]], index: int) -> bool:
    """Three different fields close together, the sender among them; or two if they hold an address and a moment."""
    first, value = named[index]
    if first not in {"from", "date", "to"}:
        return False
    if first == "from" and _ALL_IN_ONE.search(value) and _ADDRESS.search(value):
        return True
    near = named[index : index + 9]
    kinds = {kind for kind, _value in near if kind}
    if len(kinds) >= 3:
        return "from" in kinds and (first == "from" or any(value for kind, value in near[:4] if kind == "from"))
    values = " ".join(value for kind, value in named[index : index + 3] if kind)
    together = len({kind for kind, _value in named[index : index + 2] if kind}) == 2 and kinds & {"date"}
    return bool(together and _ADDRESS.search(values) and _MOMENT.search(values))


def height(lines: Sequence[str], index: int) -> int:
    """How many lines an attribution takes from here: up to four, 0 when it is none."""
    near = [line[:MAX_LINE] for line in lines[index : index + 4]]
    if not any(line.rstrip().lower().endswith(_ENDS) for line in near):
        return 0 if all(line.strip() for line in near) else _height_with_gaps(lines, index)
    if len(lines[index]) > MAX_LINE or not (_begins(near[0]) or _names_writer(near[0])):
        return 0
    for tall in range(1, len(near) + 1):
        if not near[tall - 1].strip():
            return _height_with_gaps(lines, index)
        if _is_attribution(near[:tall]):
            tighter = any(_begins(near[start]) and _is_attribution(near[start:tall]) for start in range(1, tall))
            return 0 if tighter else tall
    return 0


def bare(lines: Sequence[str], index: int) -> int:
    """How many lines a name and a date alone take from here, one or two; only the caller sees that a quote follows."""
    for tall in (1, 2):
        near = [line.strip() for line in lines[index : index + tall]]
        if len(near) == tall and all(near) and len(text := " ".join(near)) <= 160 and _BARE.match(text):
            return tall
    return 0


def _height_with_gaps(lines: Sequence[str], index: int) -> int:
    """An attribution that a mail program tore apart with empty lines; only one that says everything counts."""
    if not (_START.match(lines[index]) and _MOMENT.search(lines[index])):
        return 0
    near = [line.strip()[:MAX_LINE] for line in lines[index : index + 8]]
    for tall in range(3, len(near) + 1):
        text = " ".join(filter(None, near[:tall]))
        if len(text) > 250 or max(map(len, near[1:tall])) > 80:
            return 0
        if near[tall - 1].endswith((":", ":")) and _ADDRESS.search(text) and _WROTE_LAST.search(text[-100:]):
            return tall
    return 0


def _begins(line: str) -> bool:
    return bool(_MOMENT.search(line) or _START.match(line))


def _names_writer(line: str) -> bool:
    return bool(_DASHED.match(line)) or (bool(_ADDRESS.search(line)) and bool(_WROTE_LAST.search(line[-80:])))


def _is_attribution(lines: Sequence[str]) -> bool:
    text = " ".join(
        _INVISIBLE.sub("", line).strip(" \t>|*_") if index else line.strip() for index, line in enumerate(lines)
    )
    text = _INVISIBLE.sub("", text)[-600:].strip()
    if len(lines) > 1:
        text = _TORN_LINK.sub(r"\1\2", text.replace("< ", "<"))
    if _DASHED.match(text) or _QUOTING.match(text) or (len(lines) == 1 and _DATED_ADDRESS.match(text)):
        return True
    colon = text.endswith((":", ":"))
    moment = bool(_MOMENT.search(text))
    address = bool(_ADDRESS.search(text))
    wrote_last = bool(_WROTE_LAST.search(text[-100:]))
    if colon:
        if moment and (_ADDRESS_LAST.search(text[-260:]) or wrote_last or _WROTE.search(text)):
            return True
        started = bool(_START.match(text))
        return (wrote_last and (started or address)) or (started and moment and bool(_SAID_LAST.search(text[-20:])))
    return wrote_last and moment and (address or text.endswith("--"))


def apart(line: str) -> list[str]:
    """A line that holds own words and then an attribution, as two lines."""
    if (
        20 < len(line) <= MAX_LINE
        and line.rstrip().lower().endswith(_ENDS)
        and _WROTE_LAST.search(line[-60:])
        and _MOMENT.search(line)
    ):
        match = _SHARED.match(line)
        if (
            match
            and match[1].strip(" >|*-_")
            and not _START.match(match[1])
            and _is_attribution([match[2].strip(" -")])
        ):
            return [match[1], match[2]]
    return [line]
