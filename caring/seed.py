"""What an installation of caring begins with; administrators and leaders keep it from then on."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from django.apps import apps as now

FIRST_POLICY = date(2022, 1, 1)
GATE = (
    ("PAYER", "Penanggung jawab pembayaran dan nomor ponselnya dikonfirmasi", 0, "COMPLIANCE"),
    ("BILL", "Tunggakan, skema penagihan, dan penawaran disampaikan dengan benar", 0, "CUSTOMER"),
    ("WILLING", "Pelanggan yang sadar menyatakan bersedia dengan jelas", 0, "BUSINESS"),
    ("CONTRACT", "Kesepakatan dibacakan: tanggal, nama, layanan, paket, harga, tunggakan, kontak", 0, "COMPLIANCE"),
    ("RECORDED", "Rekaman ada dan dapat didengar", 0, "COMPLIANCE"),
    ("OTHER", "Hal lain benar: isolir, bukan salah sambung", 0, ""),
)  # fmt: skip
SCORECARD = (
    ("OPENING", "Salam pembuka dan perkenalan diri", 5, ""),
    ("VERIFY", "Verifikasi penanggung jawab pembayaran", 15, "COMPLIANCE"),
    ("ARREARS", "Informasi tagihan dan tunggakan", 15, "CUSTOMER"),
    ("OFFER", "Penawaran dan manfaatnya", 10, ""),
    ("OBJECTION", "Menangani keberatan", 10, ""),
    ("WILLING", "Pernyataan bersedia", 15, "BUSINESS"),
    ("SUMMARY", "Membacakan kembali kesepakatan", 10, ""),
    ("TONE", "Intonasi dan kejelasan suara", 5, ""),
    ("LANGUAGE", "Pilihan kata dan kesopanan", 5, ""),
    ("INPUT", "Input di aplikasi sesuai percakapan", 5, ""),
    ("CLOSING", "Salam penutup", 5, ""),
)


def seed(apps: Any = None, **_signal: Any) -> None:
    """Bring what is missing; what somebody changed stays as it is (Django's `post_migrate`)."""
    for part in (_policy, _instruments):
        with suppress(LookupError):  # migrated back to before there were any
            part((apps or now).get_model)


def _policy(table: Any) -> None:
    policies = table("caring", "BillingPolicy").objects
    if not policies.exists():
        policies.create(valid_from=FIRST_POLICY)


def _instruments(table: Any) -> None:
    """Both instruments of QC in their first version (F-18; requirements 8, 8.1)."""
    instrument, item = table("caring", "Instrument"), table("caring", "InstrumentItem")
    for kind, criteria in (("GATE", GATE), ("SCORECARD", SCORECARD)):
        if instrument.objects.filter(kind=kind).exists():
            continue
        made = instrument.objects.create(kind=kind, version=1)
        for place, (code, words, weight, critical) in enumerate(criteria, 1):
            item.objects.create(instrument=made, place=place, code=code, words=words, weight=weight, critical=critical)
