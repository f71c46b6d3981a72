"""Customers' mails as they come: Indonesian text with its HTML twin, a signature, a picture; some 26 kB each."""

from __future__ import annotations

import random
from email.message import EmailMessage
from email.utils import format_datetime

from django.utils import timezone

PICTURE = 15_800  # bytes before base64

COMPANIES = ["Samudra Niaga Lintas", "Bank Nusa Raya", "Graha Tirta Abadi", "Dinas Kesehatan Kota", "Rimba Karya"]
PEOPLE = ["Bonar Nababan", "Siti Rahmawati", "Ketut Wirawan", "Yohanes Tandi", "Nur Aini Lestari"]
TROUBLES = [
    "link mati total sejak pukul {hour}.20 WIB, lampu LOS merah berkedip",
    "koneksi sering putus nyambung dan latensi di atas 400 ms sejak kemarin",
    "kecepatan turun jauh di bawah paket, aplikasi kasir cabang tidak dapat dibuka",
    "telepon kantor tidak ada nada pilih sejak hujan semalam",
]
BODY = """Yth. Tim TENESA,

Bersama ini kami sampaikan gangguan pada layanan kami di {company}:
SID {product} — {trouble}.

Kami sudah mencoba mematikan dan menyalakan kembali perangkat, memeriksa kabel dan
mengganti adaptor, namun belum ada perubahan. Mohon segera dibantu pengecekan karena
layanan dipakai untuk transaksi harian seluruh cabang. Foto perangkat kami lampirkan.

PIC di lokasi: {person}, 0812-{phone}. Mohon kabar secepatnya. Terima kasih.

Salam,
{person}
{company} · Divisi TI
"""


def mail(number: int, to: str) -> bytes:
    """The mail with this number; the same number gives the same words and picture."""
    dice = random.Random(number)
    company, person = f"PT {dice.choice(COMPANIES)}", dice.choice(PEOPLE)
    text = BODY.format(
        company=company,
        person=person,
        product=f"{dice.randrange(4_700_000, 4_799_999)}-{dice.randrange(10**9, 10**10)}",
        trouble=dice.choice(TROUBLES).format(hour=dice.randrange(1, 13)),
        phone=f"{dice.randrange(1000, 9999)}-{dice.randrange(1000, 9999)}",
    )
    message = EmailMessage()
    message["From"] = f"{person} <{person.split()[0].lower()}{number}@pelanggan.example>"
    message["To"] = f"TENESA <{to}>"
    message["Cc"] = "ti@pelanggan.example"
    message["Subject"] = f"Gangguan layanan {company} – mohon penanganan segera ({number})"
    message["Date"] = format_datetime(timezone.localtime())
    message["Message-ID"] = f"<{number}.{dice.getrandbits(64):x}@pelanggan.example>"
    message["X-Mailer"] = "Microsoft Outlook 16.0"
    message.set_content(text)
    paragraphs = "".join(f"<p style='font-family:Calibri'>{part}</p>" for part in text.split("\n\n"))
    message.add_alternative(f"<html><body>{paragraphs}</body></html>", subtype="html")
    message.add_attachment(dice.randbytes(PICTURE), maintype="image", subtype="jpeg", filename="foto modem.jpg")
    return message.as_bytes()
