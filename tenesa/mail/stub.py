"""Whether the plain text beside HTML says only that the mail is HTML, or nothing of what the HTML says."""

from __future__ import annotations

import re
from html import unescape

from tenesa.mail.htmltext import TAG
from tenesa.mail.wording import any_of

_LONGEST = 600  # letters; no program excuses itself longer
_READ = 100_000
_WORD = re.compile(r"[^\W\d_]{4,}|\d{5,}")
_UNSEEN = re.compile(r"<(style|script|head)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_HTML = re.compile(r"\bx?html\b", re.IGNORECASE)
_READER = any_of(
    *("view(?:er|ing)?", "display", "read(?:er|ing)?", "see", "client", "support", "enable", "compatible", "browser"),
    *("version", "format", "part", "content", "program", "capable", "open"),  # English
    *("tampil", "lihat", "baca", "buka", "mendukung", "peramban", "versi", "aplikasi", "bagian"),  # Indonesian
    *("papar", "anzeig", "darstell", "ansehen", "lesen", "unterstütz", "affich", "lire", "visualis", "prend"),
    *("mostrar", "ver", "lector", "soporta", "admite", "visualizz", "legg", "supporta", "exibir", "suporta"),
    *("weergeven", "bekijken", "ondersteun", "visa", "vise", "näytä", "wyświetl", "obsług", "просмотр", "отобра"),
    *(
        "поддерж",
        "表示",
        "対応",
        "显示",
        "顯示",
        "支持",
        "支援",
        "表示できません",
        "지원",
        "표시",
        "hiển thị",
        "görüntüle",
    ),
)
_BROWSER = any_of(
    r"(?:view|see|read|open) (?:this|the) (?:e-?mail|message|newsletter) (?:online|in (?:a|your) (?:web )?browser)",
    r"(?:lihat|baca|buka) (?:email|surel|e-mail|pesan) ini (?:di|melalui|lewat|secara|dengan)"
    r" (?:peramban|browser|online|daring)",
    r"(?:email|mail) (?:client|program|reader|software) (?:does not|doesn't|can(?:no|')t|is not able)",
    r"(?:program|aplikasi|klien) (?:email|surel|e-mail|surat)(?: anda| kamu)? (?:tidak|belum)",
)

_NAMED = ("browser", "peramban", "online", "daring", "client", "program", "reader", "software", "aplikasi", "klien")


def is_stub(text: str, html: str) -> bool:
    """True when the HTML has to be read instead: the text is short, and excuses itself or shares no word with it."""
    bare = text.strip()
    if not bare or len(bare) > _LONGEST:
        return False
    excuse = _excuses_itself(bare)
    if not excuse and any(word in html for word in _WORD.findall(bare[:80])):  # as in nearly every mail
        return False
    ours = _words(bare)
    theirs = _words(unescape(TAG.sub(" ", _UNSEEN.sub(" ", html[:_READ]))))
    if excuse:
        return len(theirs - ours) >= 3
    return not ours & theirs and len(theirs) >= 8 and len(theirs) >= 2 * len(ours)


def _excuses_itself(text: str) -> bool:
    low = text.lower()
    if "html" in low and _HTML.search(low) and _READER.search(low):
        return True
    return any(word in low for word in _NAMED) and bool(_BROWSER.search(low))


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}
