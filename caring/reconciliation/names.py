"""Words of the other systems for our codes, by version: a run keeps the version that it was compared with.

TAMARA and MyCX write "Not Agree", "Decline" or "Decline/Not Agree" for one thing (requirements 2.6, 8.1). A word that
no version knows stands for itself: it is compared, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

# Of each field: our code → the words that mean it, beside the code itself. An old version is never changed.
FIRST = {
    "status": {
        "FOLLOW_UP": "follow up recall; followup; recall",
        "NOT_CONTACTED": "not contact; uncontacted",
        "CONTACTED": "contact",
    },
    "category": {
        "DECLINE": "not agree; decline/not agree; disagree",
        "FOLLOW_UP": "followup; follow up recall",
        "NONE": "; -",
    },
    "reason": {
        "RNA": "ring no answer; no answer; tidak diangkat",
        "BUSY": "line busy; sibuk",
        "INVALID": "invalid number; nomor tidak valid",
        "WRONG_NUMBER": "salah sambung",
        "MAILBOX": "voice mail; kotak suara",
        "REJECTED": "call rejected; reject",
        "FAX": "fax/modem; fax or modem; modem",
        "OTHER": "lainnya",
        "KEEPS": "keeps existing package; keeps the package; tetap berlangganan",
        "SUBSCRIBES": "wants to subscribe again; berlangganan kembali",
        "CALL_BACK": "asks callback; minta dihubungi kembali",
        "TOLD_PAID": "already paid; sudah bayar",
        "EXPENSIVE": "too expensive; mahal",
        "FAULT": "service fault; claims fault; gangguan",
        "BILL_JUMP": "bill jumped; tagihan melonjak",
        "SAVING": "saving money; is saving money; penghematan",
        "COMPETITOR": "moved to competitor; moved to a competitor; pindah kompetitor",
        "NOT_USED": "tidak digunakan",
        "NO_MONEY": "has no money; tidak ada uang",
        "MOVED": "moved house; pindah rumah",
        "TERMINATES": "wants to terminate; cabut",
        "DECEASED": "customer is deceased; meninggal",
    },
}
# The second knows our own words as well, as the pages and the sheet of all reasons write them, in both languages.
OURS = {
    "status": {
        "FOLLOW_UP": "tindak lanjut",
        "NOT_CONTACTED": "tidak terhubung",
        "CONTACTED": "terhubung",
    },
    "category": {
        "AGREE": "setuju",
        "DECLINE": "tidak setuju",
        "FOLLOW_UP": "follow up; tindak lanjut",
        "NONE": "tidak ada",
    },
    "reason": {
        "RNA": "rings, no answer; rna (tidak diangkat)", "BUSY": "nomor sibuk",
        "WRONG_NUMBER": "salah nomor", "MAILBOX": "kotak surat",
        "REJECTED": "panggilan ditolak", "FAX": "faks atau modem", "OTHER": "other",
        "THIRD_PARTY": "somebody else answered; diangkat orang lain",
        "KEEPS": "tetap memakai paket", "SUBSCRIBES": "ingin berlangganan lagi",
        "CALL_BACK": "asks to be called back; minta dihubungi lagi",
        "PAYS_ON": "says when they will decide; menyebut kapan akan memutuskan",
        "TOLD_PAID": "says it is paid; mengaku sudah bayar", "EXPENSIVE": "terlalu mahal", "FAULT": "layanan gangguan",
        "SAVING": "sedang berhemat", "COMPETITOR": "pindah ke kompetitor", "NOT_USED": "tidak dipakai",
        "NO_MONEY": "belum ada uang", "TERMINATES": "ingin berhenti berlangganan", "COMPLAINT": "hard complaint",
        "DECEASED": "pelanggan meninggal dunia",
    },
}  # fmt: skip
VERSIONS = {1: (FIRST,), 2: (FIRST, OURS)}
CURRENT = max(VERSIONS)

Names = Callable[[str, str], str]


def plain(text: str) -> str:
    """Without regard to case, underscores and spaces at the ends or doubled."""
    return re.sub(r"[\s_]+", " ", text).strip().casefold()


@lru_cache(maxsize=len(VERSIONS))
def names(version: int) -> Names:
    """(field, word) → our code, or the plain word where that version has no such name. Raises KeyError."""
    codes: dict[tuple[str, str], str] = {}
    for table in VERSIONS[version]:
        for field, words in table.items():
            for code, others in words.items():
                codes |= {(field, plain(word)): plain(code) for word in (code, *others.split(";"))}

    def name(field: str, word: str) -> str:
        word = plain(word)
        return codes.get((field, word), word)

    return name
