"""What an installation of caring begins with; administrators and leaders keep it from then on."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from django.apps import apps as now
from django.utils import timezone

FIRST_POLICY = date(2022, 1, 1)
# code, name, kind, terms; `limit` is the relief in rupiah that an agent gives alone
OFFERS: tuple[tuple[str, str, str, dict[str, int]], ...] = (
    ("FULL", "Bayar penuh", "FULL", {}),
    ("PDD6", "PDD-6: bayar 5, gratis 1", "PREPAID", {"paid": 5, "free": 1, "limit": 500_000}),
    ("PDD12", "PDD-12: bayar 9, gratis 3", "PREPAID", {"paid": 9, "free": 3, "limit": 1_500_000}),
    ("WAIVER", "Bebas denda", "WAIVER", {"limit": 50_000}),
    ("DISC5", "Diskon 5 %", "DISCOUNT", {"percent": 5, "limit": 50_000}),
    ("DISC10", "Diskon 10 %", "DISCOUNT", {"percent": 10, "limit": 0}),
    ("SPLIT2", "Dua kali cicilan", "SPLIT", {"parts": 2, "days_between": 14}),
    ("PRORATA", "Prorata bulan terbaru", "PRO_RATA", {"limit": 100_000}),
    ("CHEAPER", "Paket lebih hemat", "CHEAPER", {}),
    ("PICKUP", "Berhenti, perangkat diambil", "PICK_UP", {}),
)
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
    for part in (_policy, _instruments, _offers):
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
        made = instrument.objects.create(kind=kind, version=1, approved_at=timezone.now())
        for place, (code, words, weight, critical) in enumerate(criteria, 1):
            item.objects.create(instrument=made, place=place, code=code, words=words, weight=weight, critical=critical)


def _offers(table: Any) -> None:
    offers, versions = table("caring", "Offer").objects, table("caring", "OfferVersion").objects
    if offers.exists():
        return
    for place, (code, name, kind, terms) in enumerate(OFFERS):
        offer = offers.create(code=code, name=name, place=place)
        versions.create(
            offer=offer, number=1, kind=kind, valid_from=FIRST_POLICY, note="Awal", approved_at=timezone.now(), **terms
        )
