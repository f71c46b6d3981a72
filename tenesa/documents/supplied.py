# ruff: noqa: E501 - a table, one row a line
"""What stands in the register from the start: the five supplied documents, those they cite, clauses, definitions.

Indonesian, as the documents are. Clauses are told in short and definitions in our own words; where the documents differ
(SISKA and SISKAS, I-payment and E-Payment) one term names both (requirements 10).
"""

from __future__ import annotations

from datetime import date
from typing import Any

Fields = dict[str, Any]
UNITS, THREE = ["OCC", "QMR", "QCC"], "Document Control, Koordinator, Manager Operation"

# code, short, title, kind, cited by ("" where supplied), note
DOCUMENTS: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("IN.OCC.TENESA.W-05", "W-05", "Instruksi Kerja Agent Email", "W", "", ""),
    ("IN.OCC.TDSCC.P-05", "P-05", "Prosedur Operasi Standar Layanan Email", "P", "", "Diagram alir (8) tidak terbaca."),
    ("IN.OCC.TENESA.W-02", "W-02", "Instruksi Kerja Pending Tiket", "W", "", ""),
    ("IN.OCC.TELK.W-26", "W-26", "Penanganan Pelanggan Khusus dan VVIP", "W", "", "5.3.5 tidak ada di dokumen."),
    ("OB.IN.OCC.TELK.P-01", "P-01", "Caring CT-0 dan PRANPC", "P", "", "Langkah 1–4 bagian 8 tidak terbaca."),
    ("IN.OCC.TDSCC.W-75", "W-75", "Instruksi Kerja Agent Email Level 0", "W", "P-05 9", ""),
    ("IN.OCC.TDSCC.W-76", "W-76", "Instruksi Kerja Agent Email Level 1", "W", "P-05 9", ""),
    ("IN.OCC.TDSCC.W-86", "W-86", "Instruksi Kerja Agent Email (Monitoring)", "W", "P-05 9", ""),
    ("IN.OCC.TDSCC.W-89", "W-89", "Instruksi Kerja Agent Email (Customer Beda Segmentasi)", "W", "P-05 9", ""),
    ("IN.OCC.TELK.P-01", "Customer Handling", "Customer Handling", "P", "W-26 1.3", ""),
    ("OB.IN.QCC.TELK.W-01", "QCC W-01", "Pelaporan Hasil Validasi Agree", "W", "P-01 9.1", ""),
    ("OB.IN.QCC.TELK.W-03", "QCC W-03", "Monitoring Rekomendasi QC atas Validasi Return", "W", "P-01 9.2", ""),
    ("OB.IN.QCC.TELK.W-04", "QCC W-04", "Tapping Validasi Agree", "W", "P-01 9.3", ""),
    ("OB.IN.QCC.TELK.F-18", "F-18", "Standar Penilaian Parameter Layanan CT-0 dan PRANPC", "F", "P-01 10", "Simpan 2 tahun."),
    ("OB.IN.QCC.TELK.F-19", "F-19", "Form Pelaporan Hasil Validasi Agree", "F", "P-01 10", "Simpan 2 tahun."),
)  # fmt: skip

REVISIONS: tuple[tuple[str, str, Fields], ...] = (
    ("W-05", "00", {"effective_on": date(2021, 8, 1), "level": "Area", "units": UNITS, "areas": ["BDG", "SMG"],
                    "signed": THREE}),
    ("P-05", "01", {"effective_on": date(2019, 8, 1), "level": "Pusat",
                    "changes": "Logo perusahaan sesuai memo dinas pusat; nomor sesuai revisi."}),
    ("P-05", "02", {"effective_on": date(2020, 11, 1), "revised_on": date(2020, 10, 15), "level": "Pusat",
                    "units": UNITS, "areas": ["BDG", "JKT"], "signed": THREE,
                    "changes": "Alur agent email saat menerima email pelanggan; nomor sesuai revisi."}),
    ("W-02", "00", {"effective_on": date(2021, 8, 1), "level": "Area", "units": UNITS, "areas": ["BDG", "SMG"],
                    "signed": THREE}),
    ("W-26", "00", {"effective_on": date(2018, 11, 9), "signed": "Staf OPC, VP Telkom Operation, QMR"}),
    ("P-01", "00", {"effective_on": date(2022, 10, 13), "signed": "DC Area, Koordinator QRD, Manager"}),
    ("W-76", "02", {}),
    ("W-86", "02", {}),
)  # fmt: skip

READY, SIGN_IN = "Daftar siap kerja", "Masuk TENESA"
# number, in short, fulfilled by (where no step does), "*" where it is shown and not executed
CLAUSES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "W-05": (
        ("1.1.1", "Nyalakan PC dan monitor", f"*{READY}"),
        ("1.1.2", "Siapkan aplikasi pendukung", READY),
        ("1.1.3", "Siapkan MyCX", READY),
        ("1.1.4", "Siapkan NOSSA", READY),
        ("1.1.5", "Pasang headset", f"*{READY}"),
        ("1.1.6", "Masukkan login", SIGN_IN),
        ("1.1.7", "Masukkan password", SIGN_IN),
        ("1.1.8", "Tekan auto-in", "Status kehadiran"),
        ("1.1.9", "Siap melayani pelanggan", ""),
        ("1.2.1", "Pelanggan mengirim email ke akun TENESA", ""),
        ("1.2.2", "Cek segmen pelanggan", ""),
        ("1.2.3", "DES, DGS, DBS lanjut; DCS diedukasi dan diteruskan", ""),
        ("1.2.4", "Permintaan DBS diedukasi dan diteruskan", ""),
        ("1.2.5", "Kenali kebutuhan; beri informasi", ""),
        ("1.2.6", "Komplain lama atau baru", ""),
        ("1.2.7", "Pengecekan gangguan di aplikasi pendukung", ""),
        ("1.2.8", "Buat tiket di MyCX", ""),
        ("1.2.9", "Minta nomor tiket atau product id", ""),
        ("1.2.10", "Cek perkembangan di NOSSA dan sampaikan", ""),
        ("1.3", "Selesai", ""),
    ),
    "P-05": (
        ("5.1", "Salam pembuka menurut standar courtesy", "Templat surel berversi"),
        ("5.2", "Cek dan balas email: response time", "Batas waktu jawaban pertama"),
        ("5.3", "Cek komplain lama atau baru", "Langkah W-05 1.2.6"),
        ("5.4", "Catat komplain untuk unit terkait", "Langkah W-05 1.2.8"),
        ("5.5", "Beri informasi produk terkait", "Katalog produk pada jawaban informasi"),
        ("5.6", "Ambil alih; eskalasi ke Telkom", ""),
        ("5.7", "Koordinasi percepatan dengan unit", ""),
        ("5.8", "Update berkala ke pelanggan", ""),
        ("5.9", "Eskalasi ke Team Leader atau Supervisor", ""),
        ("5.10", "Sampaikan penyebab dan perbaikan", ""),
        *((f"7.{number}", text, "Matriks aktivitas") for number, text in enumerate((
            "Terima dan analisa email", "Layani komplain", "Beri informasi kebutuhan", "Tangani komplain",
            "Solusikan kebutuhan saat itu juga", "Tangani komplain secara intens", "Koordinasi dengan unit terkait",
            "Eskalasi ke Team Leader", "Informasikan status update", "Informasikan hasil penanganan",
            "Beri informasi yang dibutuhkan", "Closing"), 1)),
        ("8", "Aliran proses (gambar hilang)", "*Peta prosedur W-05"),
        ("9", "Instruksi kerja W-75, W-76, W-86, W-89", "Level penanganan"),
        ("10", "Formulir dan rekaman (kosong)", "*Simpan 2 tahun"),
        ("11.1", "Aplikasi per lokasi JKT dan BDG", "Panel bukti per lokasi"),
    ),
    "W-02": (
        ("1.1.1", "Nyalakan PC dan monitor", f"*{READY}"),
        ("1.1.2", "Siapkan aplikasi pendukung", READY),
        ("1.1.3", "Siapkan NOSSA", READY),
        ("1.1.4", "Masukkan login", SIGN_IN),
        ("1.1.5", "Masukkan password", SIGN_IN),
        ("1.1.6", "Siap melayani pelanggan", "Status kehadiran"),
        ("1.2.1", "Terima permintaan pending dengan alasan yang sesuai", ""),
        ("1.2.2", "Cek ulang NOSSA; minta persetujuan pelanggan", ""),
        ("1.2.3", "Pelanggan terhubung: konfirmasi menurut info unit", ""),
        ("1.2.4", "Tidak terhubung: pending dengan alasan unit; perbarui NOSSA", ""),
        ("1.2.5", "Setuju: pending sampai waktu yang disepakati; perbarui NOSSA", ""),
        ("1.2.6", "Menolak: perbarui NOSSA; kembalikan ke unit untuk dilanjutkan", ""),
        ("1.3", "Selesai", "Akhir permintaan pending"),
    ),
    "W-26": (
        ("4", "Agent tepat dalam edukasi dan eskalasi", ""),
        ("5.1", "Kriteria pelanggan khusus dan VVIP", ""),
        ("5.1.1", "Khusus: paket 50–100 Mbps; request manajemen; hard complaint, super emergency", ""),
        ("5.1.2", "VVIP: public figure, pejabat, banyak follower, petinggi BUMN/stakeholder, endorser", ""),
        ("5.2", "Penanganan pelanggan khusus", ""),
        ("5.2.1", "Pelanggan melaporkan permasalahan", ""),
        ("5.2.2", "Terima laporan; cek dari nomor internet, telepon, atau tiket", ""),
        ("5.2.3", "Konfirmasi data pelanggan", ""),
        ("5.2.4", "Cek daftar request khusus melalui tools", ""),
        ("5.2.5", "Masuk daftar: edukasi dengan skrip way out di My Kiss", ""),
        ("5.2.6", "Input di aplikasi callback untuk Agent Tier 2 Outbound", ""),
        ("5.2.6 a", "Tier 2 mengambil data dari aplikasi callback", ""),
        ("5.2.6 b", "Tier 2 menganalisa dan mengidentifikasi sesuai SOP", ""),
        ("5.2.6 c", "Tier 2 menghubungi pelanggan dan mengeskalasi sesuai request", ""),
        ("5.2.7", "Tidak masuk daftar: agent menganalisa sesuai SOP", ""),
        ("5.2.8", "Tidak tersolusikan: Tier 1 mengeskalasi ke backend", ""),
        ("5.3", "Penanganan pelanggan VVIP", ""),
        ("5.3.1", "Pelanggan menghubungi 147", ""),
        ("5.3.2", "Cek kategori pelanggan di CTI", ""),
        ("5.3.3", "VVIP: edukasi dengan skrip way out di My Kiss", ""),
        ("5.3.4", "Tier 1 menginput di aplikasi callback", ""),
        ("5.3.4 a", "Tier 2 mengambil data dari aplikasi callback", ""),
        ("5.3.4 b", "Tier 2 menganalisa dan mengidentifikasi sesuai SOP", ""),
        ("5.3.4 c", "Tier 2 menghubungi pelanggan dan mengeskalasi sesuai SOP", ""),
        ("5.3.4 d", "Tidak tersolusikan: status super emergency, eskalasi ke backend", ""),
        ("5.3.5", "Nomor ini tidak ada di dokumen", "*AMB-19"),
        ("5.3.6", "Tidak tersolusikan: Tier 2 mengeskalasi ke backend", ""),
        ("6", "Dokumen dan rekaman (kosong)", "*Simpan 2 tahun"),
    ),
    "P-01": (
        ("3", "Ruang lingkup: dari pick up data prospek, greeting, sampai closing", ""),
        ("4.1", "Agent", "Peran agent caring"),
        ("4.2", "Team Leader", "Peran team leader"),
        ("4.3", "QCO", "Peran QCO; panggilan sendiri tidak dinilai sendiri"),
        ("5.1", "Pick order dapros di MyCX", ""),
        ("5.2", "Caring sesuai parameter Telkom", ""),
        ("5.3", "Input hasil caring di MyCX dan TAMARA", ""),
        ("6.1", "CT-0: tunggakan bulan N+2", ""),
        ("6.2", "PRANPC: tunggakan bulan N dan N+1", ""),
        ("6.4", "Dapros: data prospek", ""),
        ("6.7", "Eyebeam: aplikasi untuk menelepon", ""),
        ("6.8", "I-payment: info tagihan dan status pembayaran", ""),
        ("6.9", "IOC: penanganan kendala aplikasi internal", ""),
        ("7.1", "Informasi tagihan disampaikan sesuai prosedur", "Kriteria 2 pada penilaian QC"),
        ("7.2", "Caring sesuai standar parameter layanan", "Enam kriteria pada penilaian QC"),
        ("8", "Rincian prosedur", ""),
        ("8 langkah 1", "Pick order (tidak terbaca; dipulihkan, AMB-27)", ""),
        ("8 langkah 2", "Caring dan reminding (tidak terbaca; dipulihkan, AMB-27)", ""),
        ("8 langkah 3", "Setuju atau tidak setuju (tidak terbaca; dipulihkan, AMB-27)", ""),
        ("8 langkah 4", "Validasi: sesuai disetujui; tidak sesuai dikembalikan dan dicaring ulang", ""),
        ("8 langkah 5", "Ekspor semua reason dari TAMARA dan MyCX; yang tidak sesuai diinput ulang", ""),
        ("8 langkah 6", "Input semua reason di CWC dan MyCX", ""),
        ("9.1", "W-01: pelaporan hasil validasi agree", ""),
        ("9.2", "W-03: monitoring rekomendasi QC atas return", ""),
        ("9.3", "W-04: tapping validasi agree", ""),
        ("10", "F-18 dan F-19, simpan 2 tahun", "Instrumen QC berversi dan laporan validasi"),
        ("11", "Aplikasi pendukung", "*Papan aplikasi"),
    ),
}  # fmt: skip

# word, in full, meaning, clauses
TERMS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("CC", "Contact Center", "Pusat kontak: tempat pelanggan menghubungi perusahaan lewat telepon, surel dan kanal lain.", ("P-05 6.1",)),
    ("TDSCC", "Telkom Digital Solution Care Center", "Desk layanan pelanggan solusi digital Telkom; prosedur P-05 berlaku di sini.", ("P-05 6.2",)),
    ("MyCX", "My Customer Experience", "Aplikasi untuk membuat tiket gangguan dari komplain pelanggan; untuk caring juga melihat data pelanggan, mencatat hasil dan mengeskalasikannya.", ("P-05 6.3", "P-01 6.5")),
    ("NOSSA", "New Operating Support Systems Assurance", "Aplikasi untuk mengikuti penanganan komplain: status tiket, worklog, penyebab dan solusi.", ("P-05 6.4",)),
    ("E-Payment", "I-payment", "Aplikasi tagihan dan status bayar pelanggan IndiHome dan telepon. P-01 menyebutnya I-payment.", ("P-05 6.5", "P-01 6.8")),
    ("SISKAS", "Sistem Informasi Kastamer", "Basis data pelanggan IndiHome dan telepon: segmen, data pelanggan dan layanannya. Di 11.1 tertulis SISKA.", ("P-05 6.6",)),
    ("TENOSS", "Telkom National Operations Support Systems", "Basis data dan sistem layanan data dan internet; dipakai untuk memeriksa pelanggan dan layanannya.", ("P-05 6.7",)),
    ("TELKOM.CENTER", "", "Aplikasi untuk melihat data dan topologi link layanan data dan internet.", ("P-05 6.8",)),
    ("SecureCRT", "", "Aplikasi terminal untuk memeriksa perangkat Telkom.", ("P-05 6.9",)),
    ("MRTG", "Multi Router Traffic Grapher", "Grafik pemakaian link atau jaringan layanan data dan internet.", ("P-05 6.10",)),
    ("EMBASSY", "Easy Measurement for Bandwidth, Attenuation, Attainable Rate & SNR Internet", "Pengukuran mutu jaringan IndiHome: redaman, kecepatan yang dapat dicapai dan SNR.", ("P-05 6.11",)),
    ("EMS", "Email Monitoring System", "Aplikasi penerima dan pengirim surel pelanggan; di sini TENESA sendiri yang melakukannya.", ("P-05 6.12",)),
    ("CT-0", "Change Tarif-0", "Layanan telepon keluar untuk caring dan penagihan pelanggan dengan tunggakan bulan N+2.", ("P-01 6.1",)),
    ("PRANPC", "Pra Non Produktif Customer", "Layanan telepon keluar untuk caring dan penagihan pelanggan dengan tunggakan bulan N dan N+1.", ("P-01 6.2",)),
    ("Team leader", "", "Jabatan yang membawahi beberapa orang dalam satu tim.", ("P-01 6.3",)),
    ("Dapros", "Data prospek", "Profil pelanggan yang dipakai agent untuk menawarkan atau mengingatkan.", ("P-01 6.4",)),
    ("TAMARA", "Tele Account Management Report National", "Aplikasi untuk mencatat dan memantau hasil caring.", ("P-01 6.6",)),
    ("Eyebeam", "", "Aplikasi telepon di komputer agent.", ("P-01 6.7",)),
    ("IOC", "Infomedia Operation Center", "Unit yang menangani gangguan aplikasi internal.", ("P-01 6.9",)),
    # no document defines these, and the pages name them
    ("KPI", "Key Performance Indicator", "Ukuran kinerja suatu aktivitas (P-05 7), dihitung dari riwayat kasus.", ()),
    ("TTR", "Time to Repair", "Waktu perbaikan gangguan menurut riwayat status NOSSA: bruto, pending, dan neto; yang dikecualikan bergantung pada segmen.", ()),
    ("QC", "Quality Control", "Pemeriksaan mutu hasil kerja agent.", ()),
    ("SID", "Service ID", "Nomor layanan data.", ()),
    ("DES", "Divisi Enterprise Service", "Segmen pelanggan perusahaan besar.", ()),
    ("DGS", "Divisi Government Service", "Segmen pelanggan pemerintah.", ()),
    ("DBS", "Divisi Business Service", "Segmen pelanggan usaha menengah dan kecil.", ()),
    ("DCS", "Divisi Consumer Service", "Segmen pelanggan perorangan; diedukasi dan diteruskan (W-05 1.2.3).", ()),
    ("Nonatero", "Nasional Customer Care Center Control", "Dasbor Telkom untuk memantau hasil panggilan agent. Kepanjangannya tidak cocok dengan hurufnya; ditulis seperti di dokumen.", ("P-01 6.10",)),
)  # fmt: skip


def load(document: Any, revision: Any, clause: Any, term: Any) -> None:
    """Add what is missing; what document control changed stays as it is. Takes the models, as a migration has them."""
    known: dict[str, Any] = {}
    for code, short, title, kind, cited_by, note in DOCUMENTS:
        fields = {"short": short, "title": title, "kind": kind, "supplied": not cited_by, "cited_by": cited_by}
        known[short], _made = document.objects.get_or_create(code=code, defaults={**fields, "note": note})
    for short, number, fields in REVISIONS:
        revision.objects.get_or_create(document=known[short], number=number, defaults=fields)
    clauses = [
        clause(document=known[short], number=number, place=place, text=text, met_by=by.lstrip("*"), shown=by[:1] == "*")
        for short, rows in CLAUSES.items()
        for place, (number, text, by) in enumerate(rows)
    ]
    clause.objects.bulk_create(clauses, ignore_conflicts=True)
    terms = [term(word=word, long=long, meaning=meaning, clauses=list(at)) for word, long, meaning, at in TERMS]
    term.objects.bulk_create(terms, ignore_conflicts=True)
