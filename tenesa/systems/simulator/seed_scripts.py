# ruff: noqa: E501 - texts as people read them aloud
"""The scripts of the simulated My Kiss: (path, title, text in Markdown). The demonstration begins with the same."""

from __future__ import annotations

from tenesa.systems.simulator.seed_caring_scripts import CARING_SCRIPTS

WAY_OUT = "Knowledge/Script Handling 147/Way Out"
FIRST_VERSION = "1.0"

_WAY_OUT = """\
**Kapan dipakai:** setelah data pelanggan terverifikasi, dan pelanggan ada di daftar permintaan khusus atau berkategori VVIP.

1. **Dengarkan sampai selesai**, lalu ulangi inti laporan.

   > Baik, Bapak/Ibu *(nama)*, saya ulangi agar tidak keliru: layanan nomor *(nomor)* mengalami *(keluhan)* sejak *(waktu)*. Apakah sudah benar?

2. **Sampaikan empati.**

   > Kami mohon maaf atas ketidaknyamanan yang Bapak/Ibu alami. Kami memahami bahwa layanan ini penting bagi Bapak/Ibu.

3. **Sampaikan jalan keluar.**

   > Agar laporan Bapak/Ibu ditangani sampai tuntas, laporan ini saya teruskan kepada petugas khusus kami. Petugas kami yang akan menghubungi Bapak/Ibu kembali, sehingga Bapak/Ibu tidak perlu menunggu di telepon.

4. **Tanyakan waktu dan nomor.**

   > Di nomor berapa dan kira-kira pukul berapa Bapak/Ibu berkenan kami hubungi?

5. **Tutup dengan ringkas.**

   > Baik, sudah saya catat. Petugas kami akan menghubungi Bapak/Ibu di nomor *(nomor)* pada *(waktu)*. Ada lagi yang dapat saya bantu? Terima kasih telah menghubungi 147, selamat *(pagi/siang/sore/malam)*.

**Jangan** menyebut daftar, kategori, atau alasan khusus kepada pelanggan. **Jangan** menjanjikan hasil atau kompensasi.
"""
_PLASA = """\
**Kapan dipakai:** pelanggan meminta isolir dibuka, dan daftar menyatakan isolir tidak dibuka melalui 147.

> Terima kasih sudah menghubungi kami, Bapak/Ibu *(nama)*. Untuk pembukaan layanan ini, penyelesaiannya dilakukan langsung di Plasa Telkom, supaya Bapak/Ibu mendapat penjelasan lengkap dari petugas kami.

> Plasa terdekat dari alamat Bapak/Ibu adalah *(nama dan alamat Plasa)*, buka pada *(jam buka)*. Mohon membawa kartu identitas dan bukti pembayaran terakhir.

Bila pelanggan keberatan:

> Saya mengerti, Bapak/Ibu. Keberatan Bapak/Ibu saya catat, dan petugas khusus kami akan menghubungi Bapak/Ibu untuk menjelaskannya.
"""
_HARD = """\
**Kapan dipakai:** pelanggan sangat kecewa, berbicara keras, atau sudah berkali-kali melapor.

1. Jangan menyela. Turunkan suara, bicara pelan.

   > Saya mendengarkan, Bapak/Ibu. Silakan disampaikan sampai selesai.

2. Akui perasaannya, tanpa menyalahkan unit lain.

   > Wajar bila Bapak/Ibu kecewa. Di posisi Bapak/Ibu, saya pun akan merasa demikian. Atas nama Telkom kami mohon maaf.

3. Ambil tanggung jawab.

   > Mulai sekarang laporan ini saya kawal. Saya catat semuanya, sehingga Bapak/Ibu tidak perlu bercerita ulang kepada petugas berikutnya.

Bila pelanggan berkata kasar tiga kali, sampaikan dengan sopan bahwa percakapan akan dialihkan kepada team leader.
"""
_VERIFY = """\
**Kapan dipakai:** sebelum membuka data pelanggan apa pun.

> Baik, Bapak/Ibu. Demi keamanan data Bapak/Ibu, izinkan saya mencocokkan beberapa data terlebih dahulu.

> Boleh disebutkan nama lengkap pemilik layanan, alamat pemasangan, dan nomor telepon yang terdaftar?

Bila tidak cocok:

> Mohon maaf, data yang disampaikan belum sesuai dengan data kami, sehingga laporan belum dapat saya lanjutkan. Mohon menghubungi kami kembali dengan data pemilik layanan. Terima kasih atas pengertian Bapak/Ibu.

Jangan menyebut data mana yang tidak cocok.
"""
_CALLBACK = """\
**Kapan dipakai:** oleh Tier 2, saat menghubungi pelanggan kembali.

> Selamat *(pagi/siang/sore/malam)*, saya *(nama)* dari Telkom 147. Apakah benar saya berbicara dengan Bapak/Ibu *(nama)*?

> Saya menghubungi Bapak/Ibu untuk menindaklanjuti laporan pada *(hari, pukul)*. Apakah saat ini waktunya berkenan?

Bila waktunya tidak sesuai:

> Baik, tidak apa-apa. Kapan sebaiknya saya menghubungi Bapak/Ibu kembali?

Bila yang menjawab bukan pelanggan, jangan sampaikan isi laporan:

> Mohon disampaikan bahwa Telkom 147 menelepon, dan kami akan menghubungi kembali. Terima kasih.
"""
_OPENING = """\
> Terima kasih telah menghubungi 147, selamat *(pagi/siang/sore/malam)*, dengan *(nama)*. Ada yang dapat saya bantu?

Setelah pelanggan menyebut keperluannya:

> Baik, saya bantu. Dengan Bapak/Ibu siapa saya berbicara, dan berapa nomor internet, nomor telepon, atau nomor tiketnya?
"""

SCRIPTS: tuple[tuple[str, str, str], ...] = (
    (WAY_OUT, "Way out: laporan diteruskan ke petugas khusus", _WAY_OUT),
    ("Knowledge/Script Handling 147/Arahan ke Plasa Telkom", "Arahan ke Plasa Telkom", _PLASA),
    ("Knowledge/Script Handling 147/Keluhan Keras", "Menghadapi keluhan keras", _HARD),
    ("Knowledge/Script Handling 147/Verifikasi Data", "Mencocokkan data pelanggan", _VERIFY),
    ("Knowledge/Script Handling 147/Salam Pembuka", "Salam pembuka 147", _OPENING),
    ("Knowledge/Script Outbound Tier 2/Menghubungi Kembali", "Tier 2 menghubungi kembali", _CALLBACK),
    *CARING_SCRIPTS,
)
