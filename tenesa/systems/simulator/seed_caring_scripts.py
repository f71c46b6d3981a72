# ruff: noqa: E501 - texts as people read them aloud
"""The scripts of caring in the simulated My Kiss: greeting, reminding, third party, reasons against, closing."""

from __future__ import annotations

FOLDER = "Knowledge/Script Caring"

_GREETING = """\
**Kapan dipakai:** saat panggilan tersambung, sebelum apa pun disampaikan.

> Selamat *(pagi/siang/sore/malam)*, saya *(nama agent)* dari Telkom. Apakah benar saya berbicara dengan Bapak/Ibu *(nama pelanggan)*?

Bila benar, pastikan ia yang menanggung pembayaran:

> Apakah Bapak/Ibu yang bertanggung jawab atas pembayaran layanan internet di rumah? Percakapan ini kami rekam untuk menjaga mutu layanan.

> Apakah waktunya berkenan, sekitar tiga menit?

Sebelum orangnya dipastikan, **jangan** sebut tagihan, jumlah, atau tunggakan.
"""
_REMINDER = """\
**Kapan dipakai:** setelah penanggung jawab pembayaran dipastikan.

> Kami mengingatkan tagihan layanan nomor *(nomor)* untuk bulan *(bulan)* sebesar *(jumlah)* (*(rincian)*), jatuh tempo tanggal 20. Sampai hari ini pembayarannya belum kami terima.

> *(isolir)*, dan ada denda keterlambatan. Begitu pembayaran diterima, layanan terbuka kembali.

> Apakah ada kendala yang bisa kami bantu, dan kapan kira-kira Bapak/Ibu dapat membayar?

Bila pelanggan sudah membayar:

> Terima kasih, Bapak/Ibu. Kami periksa dahulu, dan tidak perlu membayar dua kali.
"""
_THIRD_PARTY = """\
**Kapan dipakai:** bila yang menjawab bukan penanggung jawab pembayaran.

> Baik, terima kasih. Mohon disampaikan kepada Bapak/Ibu *(nama pelanggan)* bahwa *(nama agent)* dari Telkom menelepon. Kapan sebaiknya kami menghubungi kembali?

**Jangan** menyebut tagihan, jumlah, atau alasan menelepon, juga kepada keluarga, tetangga, atau rekan kerja. **Jangan** meminta orang lain ikut menagih.
"""
_REASONS = """\
**Kapan dipakai:** bila pelanggan belum bersedia. Dengarkan alasannya, tawarkan satu jalan keluar, lalu hormati jawabannya.

- **Terlalu mahal**

  > Saya mengerti. Ada paket yang lebih hemat untuk pemakaian Bapak/Ibu. Boleh saya jelaskan pilihannya?

- **Gangguan layanan**

  > Mohon maaf atas gangguannya. Saya buatkan laporan sekarang, dan tim kami menghubungi Bapak/Ibu.

- **Tagihan naik**

  > Boleh kita lihat bersama rinciannya? Bila ada yang keliru, saya teruskan untuk diperiksa.

- **Sedang berhemat atau belum ada uang**

  > Saya mengerti. Tunggakan dapat dibagi dua kali cicilan. Tanggal berapa yang paling ringan untuk Bapak/Ibu?

- **Pindah ke penyedia lain, jarang dipakai, pindah rumah**

  > Baik, terima kasih sudah memberi tahu. Bila layanan ingin diakhiri, saya jelaskan caranya di Plasa terdekat, dan perangkat dapat kami ambil.

Alasan lain: catat dengan kata-kata pelanggan. **Jangan** berdebat.
"""
_CLOSING = """\
**Kapan dipakai:** bila pelanggan bersedia.

> Saya ulangi agar tidak keliru: hari ini, *(tanggal)*, Bapak/Ibu *(nama penanggung jawab)* sebagai penanggung jawab layanan nomor *(nomor)*, paket *(paket)* dengan tagihan terakhir *(tagihan terakhir)*, bersedia membayar *(janji)* melalui penawaran *(penawaran)* atas tunggakan *(jumlah)*. Apakah benar dan Bapak/Ibu setuju?

Tunggu jawaban “ya” yang jelas.

> Terima kasih. Sehari sebelumnya kami ingatkan lewat surel. Ada lagi yang dapat saya bantu? Selamat *(pagi/siang/sore/malam)*.
"""

CARING_SCRIPTS: tuple[tuple[str, str, str], ...] = (
    (f"{FOLDER}/Salam Pembuka", "Caring: salam pembuka", _GREETING),
    (f"{FOLDER}/Mengingatkan Tagihan", "Caring: mengingatkan tagihan", _REMINDER),
    (f"{FOLDER}/Pihak Ketiga", "Caring: bila orang lain menjawab", _THIRD_PARTY),
    (f"{FOLDER}/Alasan Belum Bersedia", "Caring: menanggapi alasan", _REASONS),
    (f"{FOLDER}/Penutup", "Caring: membacakan kesepakatan dan menutup", _CLOSING),
)
