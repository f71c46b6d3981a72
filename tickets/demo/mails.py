"""Customers' mails for the demonstration: about forty, each told apart by what the agent has to do (requirements 12.2).

People, firms and numbers are those of the simulators' world, so every check of the procedure finds something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from textwrap import dedent

from django.utils import timezone

from tenesa.systems.simulator import seed
from tickets.demo.files import letter_pdf, traffic_png

# (name, address) of the writers
BONAR = ("Bonar Nababan", "bonar@samudra.example")
PUTU = ("Putu Ayu Lestari", "putu.ayu@samudra.example")
AGUS = ("Agus Prasetiyo", "agus@samudra.example")
MEUTIA = ("Cut Meutia Sari", "meutia@artamandala.example")
HENDRO = ("Hendro Kuncoro", "hendro@artamandala.example")
LAODE = ("La Ode Hamzah", "laode@pelitaraya.example")
NADIRA = ("Nadira Paramitha", "nadira@pelitaraya.example")
ANDI = ("Andi Tenriawaru", "andi@nusacakra.example")
ROBERTUS = ("Robertus Tanjung", "robertus@nusacakra.example")
NINGSIH = ("Ningsih Wulandari", "ningsih@medikasentosa.example")
GALIH = ("Galih Ramadhan", "galih@medikasentosa.example")
RETNO = ("Retno Palupi", "retno@tirtajaya.example")
SUHARDI = ("Suhardi", "suhardi@tirtajaya.example")
MADE = ("Made Suarjana", "made@pajak-cendana.example")
YULIANA = ("Yuliana Kase", "yuliana@pajak-cendana.example")
TRI = ("Tri Handoko", "tri@bapenda-wanasari.example")
SATRIO = ("Satrio Wicaksono", "satrio@kopimerapi.example")
LAILA = ("Laila Kusumawati", "laila@kopimerapi.example")
SWANDI = ("Lim Swandi", "swandi@sumberrejeki.example")
PAIJO = ("Paijo Hartono", "paijo@tanimakmur.example")
KETUT = ("Ketut Sumerta", "ketut@melatiindah.example")
WULAN = ("Wulan Sasmita", "wulan@surel.example")
FERDINAND = ("Ferdinand Lubis", "noc@mitragrosir.example")
STRANGER = ("", "tamu8821@surel.example")

Attachment = tuple[str, str, Callable[[], bytes]]


@dataclass(frozen=True)
class DemoMail:
    """One mail. `times` sends the same bytes more than once; `head` are further header lines."""

    name: str
    what: str
    sender: tuple[str, str]
    subject: str
    body: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    head: tuple[tuple[str, str], ...] = ()
    cc: str = ""
    times: int = 1


def picture(number: int, *, breaks_off: bool = True) -> Attachment:
    return (f"grafik-{number}.png", "image/png", lambda: traffic_png(number, breaks_off=breaks_off))


def letter(name: str, *lines: str) -> Attachment:
    return (name, "application/pdf", lambda: letter_pdf(list(lines)))


COMPLAINTS = [
    DemoMail("des-vpn-putus", "complaint, new: link down, product id known", BONAR,
             "Link VPN IP cabang Tegal mati", f"""\
        Yth. Tim TENESA,

        Link VPN IP kami SID {seed.DES_DOWN_VPN} (kantor cabang Tegal) mati total sejak pukul 07.20 WIB. Lampu port WAN
        padam, modem sudah kami restart dua kali tetapi tetap tidak menyala.

        Mohon segera dicek karena loket pelayanan di cabang tidak bisa melayani pelanggan.
        PIC lokasi: Bonar, 0812-0000-1187.

        Terima kasih.

        --
        Bonar Nababan
        Koordinator TI, PT Samudra Niaga Lintas
        Jl. Niaga No. 3, Jakarta · 0812-0000-1187
        """, attachments=(picture(11),)),
    DemoMail("des-astinet-normal", "complaint that turns out normal", PUTU, "Internet terasa lambat", f"""\
        Selamat pagi,

        Beberapa staf mengeluh internet di kantor pusat terasa lambat sejak pagi, terutama saat rapat daring.
        SID Astinet kami {seed.DES_HEALTHY}. Tolong dibantu cek apakah ada masalah dari sisi Telkom.

        Salam,
        Putu Ayu
        """),
    DemoMail("des-metro-flapping", "complaint, new: intermittent, picture attached", AGUS, "Metro-E up down", """\
        Pak/Bu,

        Metro-E kami SID 4700112-0045127836 up-down terus sejak jam 2 pagi, packet loss sekitar 30%. Terlampir capture
        dari monitoring kami. Please advise ya, terima kasih.

        Agus - IT Support
        0812-0000-1202
        """, attachments=(picture(12, breaks_off=False),)),
    DemoMail("des-bank-medan", "complaint, new: branch of a bank", HENDRO, "GANGGUAN VPN IP CABANG MEDAN", """\
        MOHON BANTUAN SEGERA!!! LINK VPN IP CABANG MEDAN SID 4700087-0031885530 DOWN DARI JAM 8 PAGI. ATM DAN TELLER
        TIDAK BISA TRANSAKSI. SUDAH RESTART ROUTER TETAP TIDAK BISA. PIC CABANG 0812-0000-1211 HENDRO
        """),
    DemoMail("des-dua-layanan", "complaint with two services in one mail", LAODE, "Dua link bermasalah", f"""\
        Yth. Layanan Telkom,

        Kami laporkan dua gangguan sekaligus:
        1. Metro-E SID {seed.DES_TWO_INCIDENTS} putus sejak kemarin malam.
        2. Astinet SID 4700203-0052240024 lambat sekali, latency di atas 300 ms.

        Keduanya di kantor Balikpapan. Kontak di lokasi: Nadira 0812-0000-1221.

        La Ode Hamzah
        PT Energi Pelita Raya
        """),
    DemoMail("des-tanpa-nomor", "complaint without a product id", ANDI, "internet kantor makassar mati", """\
        siang min, internet kantor kami di makassar mati dr tadi pagi jam 9. tolong di bantu cek ya, orderan gudang jd
        ga bisa masuk sistem. thx

        Andi, Nusa Cakra

        Dikirim dari iPhone saya
        """),
    DemoMail("des-makassar", "complaint, new: the same branch with its number", ROBERTUS, "VPN IP Makassar putus", """\
        Dengan hormat,

        VPN IP lokasi gudang Makassar, SID 4700310-0061120052, terputus sejak pukul 09.05 WITA. Lampu LINK pada modem
        berkedip merah. Mohon teknisi dikirim ke lokasi, akses gudang sampai pukul 20.00 WITA.

        Hormat kami,
        Robertus Tanjung, 0812-0000-1231
        """),
    DemoMail("des-alat-bisu", "complaint whose device no tool can reach", ANDI, "Astinet Surabaya tidak stabil", f"""\
        Tim TENESA,

        Astinet kami di Surabaya ({seed.DES_UNREACHABLE}) sejak tadi malam browsing sering gagal, tapi ping ke gateway
        masih jalan. Minta tolong diperiksa dari sisi backbone.

        Salam, Andi Tenriawaru
        """),
    DemoMail("des-rumah-sakit", "complaint, new: hospital, urgent words", NINGSIH,
             "URGENT: VPN IP RS Medika Sentosa", """\
        Yth. Petugas,

        VPN IP SID 4700352-0063310025 yang menghubungkan rekam medis ke kantor pusat sangat lambat sejak subuh,
        pendaftaran pasien jadi antre panjang. Ping ke pusat RTO 40%.

        Mohon penanganan prioritas. PIC: Galih, 0812-0000-1241.

        Ningsih Wulandari
        Kepala SIMRS
        """, cc="galih@medikasentosa.example"),
    DemoMail("des-html", "complaint as HTML with a table", NADIRA, "Rekap gangguan Astinet Balikpapan", """\
        Astinet Balikpapan SID 4700203-0052240024, latency tinggi. Rinciannya ada pada tabel.
        """, html="""\
        <p>Yth. Tim TENESA,</p>
        <p>Astinet kami <b>SID 4700203-0052240024</b> latency tinggi, berikut hasil ping dari kantor:</p>
        <table border="1" cellpadding="4"><tr><th>Jam</th><th>RTT</th><th>Loss</th></tr>
        <tr><td>08.00</td><td style="color:#b91c1c">312 ms</td><td>12%</td></tr>
        <tr><td>09.00</td><td style="color:#b91c1c">358 ms</td><td>18%</td></tr></table>
        <p>Mohon dicek. Hubungi saya di 0812-0000-1221.<br>Nadira</p>
        <img src="https://pelacak.example/logo.gif" alt="logo">"""),
    DemoMail("dgs-kominfo", "complaint, new: government", RETNO, "Gangguan VPN IP Dinas Kominfo", f"""\
        Assalamu'alaikum, selamat siang.

        Kami sampaikan bahwa layanan VPN IP Dinas Kominfo Kota Tirtajaya, SID {seed.DGS_DOWN}, tidak stabil sejak
        kemarin sore (naik turun tiap setengah jam). Layanan perizinan daring menjadi terhambat.

        Surat permohonan penanganan terlampir. Atas perhatiannya kami ucapkan terima kasih.

        Retno Palupi
        Kepala Seksi Jaringan, 0812-0000-1250
        """, attachments=(letter("surat-gangguan-kominfo.pdf", "DINAS KOMINFO KOTA TIRTAJAYA", "",
                                 "Perihal: Permohonan penanganan gangguan VPN IP",
                                 f"SID: {seed.DGS_DOWN}", "Demikian disampaikan, terima kasih."),)),
    DemoMail("dgs-wifi", "complaint, new: Wifi Manage", SUHARDI, "wifi balai kota mati", """\
        Min, wifi manage balai kota SID 4700415 - 0070031144 mati total dr jam 6. AP semua lampu oranye. Mhn segera krn
        ada acara walikota jam 1 siang!!

        Suhardi 081200001251
        """),
    DemoMail("dbs-hsi-lemah", "complaint, new: business internet unstable", SATRIO, "Internet kantor naik-turun", f"""\
        Halo Telkom,

        Internet kantor naik-turun tiap setengah jam sejak kemarin sore, ping ke gateway RTO 30 %. Nomor layanan
        {seed.DBS_UNSTABLE}. Mesin kasir kami jadi sering gagal.

        Satrio, CV Kopi Lereng Merapi
        0812-0000-1280
        """),
    DemoMail("dbs-los", "complaint, new: LOS at a shop", SWANDI, "lampu los merah", """\
        pagi, internet toko no 142055502218 lampu LOS nya merah dari semalam, line telepon 024-55502218 juga tdk ada
        nada. mohon dikirim teknisi secepatnya. UD Sumber Rejeki, pak Lim 0812-0000-1290
        """),
    DemoMail("dbs-isolir", "complaint: cut off for unpaid bills", KETUT, "Internet hotel tidak bisa browsing", f"""\
        Om swastiastu,

        Internet hotel kami ({seed.DBS_ISOLATED}) tidak bisa browsing sejak tanggal 21, padahal lampu modem semua
        menyala normal. Tamu banyak komplain. Mohon bantuannya.

        Ketut Sumerta, Manajer Hotel Melati Indah, 0361-55504410
        """),
    DemoMail("dcs-los", "consumer: three actions, no ticket", WULAN, "wifi rumah mati", f"""\
        Wifi rumah saya {seed.DCS_LOS} lampu LOS merah sejak semalam, tolong dikirim teknisi. Anak saya mau ujian
        online besok. HP saya 0812-0000-3000.

        Dikirim dari Yahoo Mail di Android
        """),
    DemoMail("dws-grosir", "segment the documents do not name: team leader", FERDINAND, "IP Transit down", f"""\
        Dear NOC,

        Our IP Transit {seed.DWS_SERVICE} is down since 03:10 WIB, BGP session idle. Please check from your side.

        Regards,
        Ferdinand Lubis
        """),
    DemoMail("asing-tanpa-data", "unknown sender, nothing to go by", STRANGER, "(tanpa subjek)", """\
        internet lemot banget parah sih, gimana ini??
        """),
]  # fmt: skip

PROGRESS = [
    DemoMail("progress-nomor-tiket", "progress asked by ticket number", MADE,
             f"Update tiket {seed.OPEN_INCIDENT}", f"""\
        Mohon update tiket {seed.OPEN_INCIDENT}, sudah lewat empat jam belum ada teknisi yang menghubungi kami.
        Kantor sudah tutup pukul 16.00, jadi mohon dikabari sebelum itu.

        Made Suarjana
        Kantor Pajak Wilayah Cendana
        """),
    DemoMail("progress-sid", "progress asked by product id alone", MEUTIA, "Astinet kemarin", f"""\
        Selamat siang,

        Apakah gangguan Astinet kami kemarin sudah ditangani? Nomor tiketnya hilang, SID {seed.DES_OPEN_INCIDENT}.
        Info tambahan: sejak jam 10 link sempat hidup lima menit lalu mati lagi.

        Cut Meutia Sari
        """),
    DemoMail("progress-tanpa-acuan", "progress without any reference", YULIANA, "Tindak lanjut laporan", """\
        Dengan hormat, bagaimana kelanjutan laporan kami minggu ini? Sampai sekarang belum ada kabar. Terima kasih.

        Yuliana
        """),
    DemoMail("progress-kutipan", "progress with a quoted thread", MADE, "Re: Laporan gangguan VPN IP", f"""\
        Mohon kabarnya, sudah sore belum ada perkembangan. Status masih sama, link mati.

        Pada Sen, 16 Nov 2026 pukul 10.21 TENESA <tenesa@telkom.example> menulis:
        > Laporan Bapak/Ibu sudah kami catat dengan nomor tiket {seed.OPEN_INCIDENT}
        > untuk layanan {seed.DGS_OPEN_INCIDENT}.
        >
        > Pada Sen, 16 Nov 2026 pukul 09.12 Made Suarjana menulis:
        >> VPN IP kantor kami putus, mohon dicek.
        """),
    DemoMail("progress-outlook", "progress in Outlook's style", LAODE, "RE: Metro-E Balikpapan", f"""\
        Dear Tim,

        Any update untuk Metro-E kami? Management sudah menanyakan.

        Regards,
        La Ode

        -----Original Message-----
        From: TENESA <tenesa@telkom.example>
        Sent: Monday, November 16, 2026 10:21 AM
        To: La Ode Hamzah
        Subject: Metro-E Balikpapan

        Laporan untuk SID {seed.DES_TWO_INCIDENTS} sedang ditangani tim teknis.
        """),
    DemoMail("progress-tidak-dikenal", "progress with a number NOSSA does not know", SUHARDI, "tiket IN99887766", """\
        Selamat pagi, tiket IN99887766 kok belum beres ya? sudah dua hari lho. mohon infonya
        """),
    DemoMail("progress-marah", "progress, angry, all capitals", MEUTIA, "SUDAH DUA HARI!!!", f"""\
        SUDAH DUA HARI ASTINET KAMI ({seed.DES_OPEN_INCIDENT}) TIDAK BERES-BERES. KAMI BAYAR MAHAL TAPI PELAYANAN
        SEPERTI INI. KALAU HARI INI TIDAK SELESAI KAMI MINTA KOMPENSASI DAN BERTEMU PIMPINAN!
        """),
    DemoMail("progress-dbs", "progress of a business line", LAILA, "teknisi belum datang", f"""\
        Kak, katanya teknisi mau datang hari ini ke CV Kopi Lereng Merapi, no layanan {seed.DBS_UNSTABLE}. Sampai jam 3
        belum ada yang datang. Jadi atau tidak ya?

        Laila (admin)
        """),
]  # fmt: skip

INFORMATION = [
    DemoMail("info-bandwidth", "information: offers above 100 Mbps", PUTU, "Pilihan bandwidth Astinet", """\
        Selamat siang,

        Berapa pilihan bandwidth Astinet di atas 100 Mbps dan apa syarat berlangganannya? Kami berencana menambah
        kapasitas awal tahun depan.

        Terima kasih, Putu Ayu
        """),
    DemoMail("info-tagihan", "information: how to read the bill", PAIJO, "Tanya rincian tagihan", f"""\
        Mohon penjelasan cara membaca rincian tagihan bulan ini untuk nomor {seed.DBS_HEALTHY}. Ada baris PPN dan
        materai yang kami belum paham. Suwun.

        Paijo Hartono, Koperasi Tani Makmur
        """),
    DemoMail("info-sla", "information: service level of a government line", TRI, "Informasi SLA VPN IP", """\
        Yth. Bapak/Ibu,

        Untuk keperluan laporan, mohon informasi SLA dan prosedur pelaporan gangguan untuk layanan Astinet kami
        (SID 4700433-0070550163).

        Tri Handoko
        Badan Pendapatan Daerah Kab. Wanasari
        """),
    DemoMail("info-sip", "information: SIP trunk channels", ROBERTUS, "Kanal SIP Trunk", """\
        Halo, mau tanya: SIP Trunk 4700310-0061120069 kami 30 kanal, kalau mau tambah jadi 60 apakah perlu ganti
        perangkat? Could you also share the price list? Thanks, Robertus
        """),
    DemoMail("info-dcs", "consumer asks for information: forwarded all the same", WULAN, "upgrade paket", f"""\
        Kak mau tanya kalau IndiHome {seed.DCS_LOS} di-upgrade ke 100 Mbps jadi berapa per bulan? makasih
        """),
    DemoMail("info-terusan", "information with a forwarded mail", GALIH, "Fwd: Jadwal pemeliharaan", """\
        Mohon konfirmasi, apakah pemeliharaan di bawah ini jadi dilaksanakan dan layanan mana yang terdampak?

        ---------- Forwarded message ---------
        Dari: Tim Jaringan <jaringan@medikasentosa.example>
        Date: Jum, 13 Nov 2026 pukul 16.40
        Subject: Jadwal pemeliharaan
        To: Galih Ramadhan <galih@medikasentosa.example>

        Ada pemberitahuan pemeliharaan Minggu dini hari pukul 01.00-04.00.
        """),
]  # fmt: skip

REQUESTS = [
    DemoMail("minta-pindah-dbs", "business request: forwarded to the unit", PAIJO, "Permohonan pindah alamat", f"""\
        Dengan hormat,

        Kami berencana pindah kantor per tanggal 3 bulan depan, mohon bantuan pemindahan layanan HSI bisnis nomor
        {seed.DBS_HEALTHY} ke Jl. Veteran No. 12, Solo. Surat permohonan terlampir.

        Paijo Hartono, 0812-0000-1300
        """, attachments=(letter("permohonan-pindah.pdf", "KOPERASI TANI MAKMUR", "", "Perihal: Pindah alamat layanan",
                                 f"Nomor layanan: {seed.DBS_HEALTHY}", "Alamat baru: Jl. Veteran No. 12, Solo"),)),
    DemoMail("minta-ip-des", "enterprise request: extra addresses", PUTU, "Penambahan IP publik", f"""\
        Mohon penambahan 5 IP publik pada layanan kami, Astinet SID {seed.DES_HEALTHY}. Formulir apa yang perlu
        kami isi?

        Putu Ayu Lestari
        PT Samudra Niaga Lintas
        """),
    DemoMail("minta-naik-dgs", "government request: more bandwidth", RETNO, "Permohonan penambahan bandwidth", """\
        Yth. Account Manager melalui TENESA,

        Bersama ini kami mengajukan penambahan bandwidth Astinet SID 4700415-0070031137 dari 300 Mbps menjadi 500 Mbps
        mulai bulan depan. Mohon penawaran resminya.

        Retno Palupi
        """),
    DemoMail("minta-faktur-dbs", "business request: copy of a bill", LAILA, "minta salinan faktur", f"""\
        Selamat pagi, mohon dikirim salinan faktur 3 bulan terakhir utk nomor {seed.DBS_UNSTABLE} ya kak, buat laporan
        pajak. terima kasih

        Laila - CV Kopi Lereng Merapi
        """),
]  # fmt: skip

OTHERS = [
    DemoMail("dua-kali-kirim", "the same mail, sent twice", HENDRO, "VPN IP Bandung lambat", """\
        Selamat sore, VPN IP Bandung SID 4700087-0031885529 lambat sejak siang. Mohon dicek. Hendro 0812-0000-1211
        """, times=2),
    DemoMail("balasan-otomatis", "automatic reply: never answered", TRI, "Balasan otomatis: Informasi SLA VPN IP", """\
        Terima kasih atas surel Anda. Saya sedang cuti sampai dengan 20 November 2026. Untuk hal mendesak silakan
        menghubungi sekretariat.
        """, head=(("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"))),
    DemoMail("cuti-bersama", "sounds automatic, a person wrote it", TRI, "Cuti bersama: mohon jadwal teknisi", """\
        Selamat siang, kantor kami tutup selama cuti bersama. Mohon teknisi datang sebelum tanggal 24. Terima kasih, Tri
        """),
    DemoMail("sistem-pemantau", "a customer's monitoring: a case, not answered by a machine",
             ("Pemantau Jaringan", "nms@surya-logistik.example"), "[NMS] Link VPN IP Bandung DOWN", """\
        Host bandung-gw tidak menjawab sejak 21.40. SID 4700087-0031885529. Pesan ini dibuat oleh sistem.
        """, head=(("Auto-Submitted", "auto-generated"),)),
    DemoMail("surat-kembali", "bounce of a mail nobody knows", ("Mail Delivery System", "mailer-daemon@surel.example"),
             "Undelivered Mail Returned to Sender", """\
        This is the mail system at host mx.surel.example.

        I'm sorry to have to inform you that your message could not be delivered.

        <tidak.ada@surel.example>: 550 5.1.1 User unknown
        """, head=(("Auto-Submitted", "auto-replied"), ("X-Failed-Recipients", "tidak.ada@surel.example"))),
    DemoMail("spam-pinjaman", "spam", ("Dana Kilat", "promo@danakilat.example"),
             "Pinjaman cair 5 menit TANPA JAMINAN", """\
        Butuh dana cepat? Pinjaman s.d. Rp 500 juta cair 5 menit, tanpa jaminan! Klik tautan kami sekarang juga.
        """, html="<p>Butuh dana cepat? <a href='https://danakilat.example/x'>KLIK DI SINI</a></p>",
             head=(("List-Unsubscribe", "<mailto:stop@danakilat.example>"),)),
    DemoMail("spam-seo", "spam with the server's verdict", ("Web Traffic", "sales@seo-juara.example"),
             "1st page of search!", """\
        Dear Sir, we can bring your website to the first page. Reply for price list.
        """, head=(("X-Spam-Flag", "YES"),)),
]  # fmt: skip

CATALOGUE = {mail.name: mail for mail in (*COMPLAINTS, *PROGRESS, *INFORMATION, *REQUESTS, *OTHERS)}


def compose(mail: DemoMail, recipient: str, unique: str) -> bytes:
    """The mail as a customer's mail program writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr(mail.sender)
    message["To"] = recipient
    if mail.cc:
        message["Cc"] = mail.cc
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(timezone.localtime())
    message["Message-ID"] = f"<{mail.name}.{unique}@{mail.sender[1].partition('@')[2]}>"
    for name, value in mail.head:
        message[name] = value
    message.set_content(dedent(mail.body))
    if mail.html:
        message.add_alternative(dedent(mail.html), subtype="html")
    for name, content_type, make in mail.attachments:
        maintype, subtype = content_type.split("/")
        message.add_attachment(make(), maintype=maintype, subtype=subtype, filename=name)
    return message.as_bytes()
