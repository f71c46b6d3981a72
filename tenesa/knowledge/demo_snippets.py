# ruff: noqa: E501
"""The demonstration's snippets: (shortcut, language, title, text)."""

from tenesa.accounts.models import Desk
from tenesa.knowledge.models import Snippet

SNIPPETS = (
    (
        "periksa",
        "id",
        "Sedang diperiksa",
        "Laporan Bapak/Ibu untuk layanan {product_id} sudah kami terima dan sedang kami periksa.",
    ),
    ("tiket", "id", "Nomor dan status tiket", "Tiket Bapak/Ibu bernomor {ticket}. Statusnya: {status}."),
    ("kabar", "id", "Kapan kabar berikutnya", "Kabar berikutnya kami sampaikan paling lambat {next_update}."),
    (
        "minta-nomor",
        "id",
        "Minta nomor layanan",
        "Agar dapat kami periksa, mohon sampaikan nomor tiket atau nomor layanan (SID) Bapak/Ibu. Nomor layanan tertera pada tagihan.",
    ),
    (
        "minta-pic",
        "id",
        "Minta PIC di lokasi",
        "Mohon sampaikan nama dan nomor telepon PIC di lokasi, serta jam kunjungan yang sesuai.",
    ),
    (
        "cek-daya",
        "id",
        "Periksa daya perangkat",
        "Sementara itu mohon bantuan Bapak/Ibu memeriksa:\n1. daya listrik perangkat menyala;\n2. kabel pada perangkat terpasang baik;\n3. lampu LOS tidak merah.",
    ),
    ("maaf", "id", "Mohon maaf", "Kami mohon maaf atas ketidaknyamanan yang Bapak/Ibu alami."),
    (
        "uji-normal",
        "id",
        "Minta uji setelah pulih",
        "Menurut pemeriksaan kami layanan {product_id} sudah normal. Mohon Bapak/Ibu mencoba kembali dan memberi tahu kami hasilnya dengan membalas surel ini.",
    ),
    (
        "checking",
        "en",
        "We are checking",
        "Thank you for your report on service {product_id}. We are checking it now and will write to you again on case {case}.",
    ),
    ("ticket-en", "en", "Ticket number", "Your ticket number is {ticket}. Please mention it when you write or call."),
    (
        "ask-sid",
        "en",
        "Ask for the service number",
        "So that we can check, please send us your ticket number or your service number (SID). It is printed on your bill.",
    ),
)


def load() -> None:
    """Once: what a desk removed stays away."""
    desk = Desk.objects.filter(pk="TENESA").first()
    if desk is None or Snippet.objects.exists():
        return
    Snippet.objects.bulk_create(
        Snippet(desk=desk, shortcut=shortcut, language=language, title=title, body=body)
        for shortcut, language, title, body in SNIPPETS
    )
