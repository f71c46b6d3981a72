"""What a customer's own words name: need and symptom. Hints for a person's key, nothing is decided by them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tenesa.mail import quoting
from tickets.states import Complaint, Kind, Symptom

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tickets.models import EmailCase

DESCRIBES = 1_000  # letters of the mail that stand in a form
KINDS = {
    Kind.COMPLAINT: r"mati(?: total)?|putus(?:[- ]putus)?|terputus|gangguan|terganggu|down|offline|lambat|lemot|rusak"
    r"|bermasalah|padam|los merah|packet loss|tidak (?:bisa|dapat) (?:internet|browsing|diakses|akses|terhubung)"
    r"|tidak ada nada",
    Kind.REQUEST: r"(?:ingin|mau|hendak|mohon|minta|permohonan|permintaan|mengajukan|pengajuan)(?: \w+){0,2} "
    r"(?:pasang\w*|pemasangan|relokasi|pindah\w*|upgrade|downgrade|penambahan|tambah\w*|perubahan|mutasi|naik\w*|berhenti)",
    Kind.INFORMATION: r"berapa|apakah|bagaimana|bertanya|menanyakan|informasi (?:harga|paket|layanan|produk)"
    r"|mohon (?:info|informasi|penjelasan)",
}
SYMPTOMS = {  # the first that the words name
    Symptom.LOS: r"los merah|lampu los|los (?:menyala|berkedip)",
    Symptom.NO_DIAL_TONE: r"tidak ada nada|nada (?:pilih|dial) (?:hilang|mati|tidak ada)",
    Symptom.ONE_WAY_VOICE: r"suara satu arah|satu arah",
    Symptom.PACKET_LOSS: r"packet loss|paket (?:hilang|loss)|\brto\b",
    Symptom.LATENCY: r"latency|latensi|ping tinggi",
    Symptom.LINK_FLAPPING: r"naik[- ]turun|up[- ]down|flapping",
    Symptom.INTERMITTENT: r"putus[- ]putus|putus[- ]nyambung|sering (?:putus|terputus)|kadang[- ](?:mati|putus)",
    Symptom.SLOW: r"lambat|lemot|pelan",
    Symptom.NO_BROWSING: r"tidak (?:bisa|dapat) (?:browsing|internet|membuka)",
    Symptom.OFFLINE: r"mati total|mati|padam|offline|\bdown\b|link putus|terputus total",
}


def own_words(case: EmailCase) -> str:
    """What the customer wrote last, without signature and quotes."""
    return quoting.read(case.last_mail.text).own.strip()


def described(case: EmailCase) -> str:
    """The customer's report in one paragraph."""
    return " ".join((own_words(case) or case.subject).split())[:DESCRIBES]


def kind_named(case: EmailCase) -> tuple[str, str]:
    """The only kind of need that subject and words name, and the word that names it; two empty words where unsure."""
    found = [(kind, word) for kind, word in _hits(case, KINDS)]
    return found[0] if len(found) == 1 else ("", "")


def suggested_need(case: EmailCase) -> tuple[str, str, str]:
    """Need, old or new, and the evidence in words, as far as mail, NOSSA and MyCX say it; a person takes it (E-07)."""
    if number := case.known_incident():
        return Kind.COMPLAINT, Complaint.PROGRESS, _("The mail names ticket %(number)s.") % {"number": number}
    kind, word = kind_named(case)
    if not kind:
        return "", "", ""
    said = _("The customer writes “%(word)s”.") % {"word": word}
    ids, read = case.known_product_ids(), case.tickets_read()
    unread = any(one not in read for one in ids)
    if kind != Kind.COMPLAINT or not ids or (unread and not case.mycx_ticket()):
        return kind, "", said
    if number := case.running_ticket():
        tickets = _("NOSSA: %(number)s is open.") % {"number": number}
        return kind, Complaint.PROGRESS, f"{said} {tickets}"
    if number := case.mycx_ticket():
        tickets = _("MyCX: %(number)s is open.") % {"number": number}
        return kind, Complaint.PROGRESS, f"{said} {tickets}"
    tickets = _("NOSSA knows no open ticket of %(what)s.") % {"what": ", ".join(ids)}
    return kind, Complaint.NEW, f"{said} {tickets}"


def symptom_named(case: EmailCase) -> str:
    return next((symptom for symptom, _word in _hits(case, SYMPTOMS)), "")


def _hits(case: EmailCase, table: Mapping[Any, str]) -> list[tuple[str, str]]:
    text = f"{case.last_mail.subject}\n{own_words(case)[:5_000]}"
    found = ((str(value), re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE)) for value, pattern in table.items())
    return [(value, hit[0]) for value, hit in found if hit]
