# ruff: noqa: E501 - a table, one row a line
"""What the demonstration knows: invented articles and a small catalogue. Loading twice changes nothing."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.knowledge import demo_snippets, drafts, mykiss, services
from tenesa.knowledge.models import Article, Product, Script
from tenesa.knowledge.scripts import TOP
from tenesa.systems.simulator.seed_scripts import FIRST_VERSION, SCRIPTS
from tenesa.workflow.demo_clock import ago

# name, family, in one line, related
PRODUCTS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("Astinet", "DATA", "Internet dedicated dengan bandwidth simetris.", ("Astinet SD-WAN", "Astinet Lite", "Manage Service")),
    ("Astinet Lite", "DATA", "Internet dedicated hemat untuk cabang kecil.", ("Astinet",)),
    ("Astinet SD-WAN", "DATA", "Beberapa link dikelola sebagai satu jaringan.", ("Astinet", "VPN IP")),
    ("VPN IP", "DATA", "Jaringan privat antarlokasi.", ("Astinet SD-WAN", "Metro Ethernet")),
    ("Metro Ethernet", "DATA", "Link titik ke titik berkecepatan tinggi.", ("VPN IP",)),
    ("Manage Service", "DATA", "Perangkat dan link dipantau oleh kami.", ("Astinet", "VPN IP")),
    ("IndiHome", "INTERNET", "Internet serat optik untuk rumah.", ("WiFi Extender", "Telepon Rumah")),
    ("IndiBiz", "INTERNET", "Internet serat optik untuk usaha.", ("WiFi Extender", "Antares Eazy")),
    ("WiFi Extender", "INTERNET", "Perluas jangkauan WiFi di lokasi.", ("IndiHome", "IndiBiz")),
    ("Antares Eazy", "INTERNET", "Kamera pantau dengan rekaman awan.", ("IndiBiz",)),
    ("Telepon Rumah", "TELEPHONE", "Telepon tetap dengan nomor sendiri.", ("IndiHome", "SIP Trunk")),
    ("SIP Trunk", "TELEPHONE", "Banyak saluran telepon lewat satu link IP.", ("Telepon Rumah", "VPN IP")),
)  # fmt: skip

DATA, NET, PHONE = ["DATA"], ["INTERNET"], ["TELEPHONE"]
# slug, kind, path, products, symptoms, segments, title, body
ARTICLES: tuple[tuple[str, str, str, list[str], list[str], list[str], str, str], ...] = (
    ("salam-surel", "SCRIPT", "Courtesy/Surel", [], [], [], "Salam pembuka dan penutup surel",
     "Salam mengikuti jam **Asia/Jakarta**: pagi sampai 10.59, siang sampai 14.59, sore sampai 17.59, malam setelahnya.\n\n- Sebut nama pelanggan dengan Bapak/Ibu.\n- Tutup dengan terima kasih dan nama meja layanan."),
    ("link-astinet-mati", "ARTICLE", "Gangguan/Data", DATA, ["OFFLINE"], [], "Link Astinet mati: urutan pemeriksaan",
     "1. **TENOSS**: layanan aktif, tidak terisolir.\n2. **TELKOM.CENTER**: topologi dan titik putus.\n3. **MRTG**: kapan trafik berhenti.\n4. **SecureCRT**: status port.\n\nTanyakan daya listrik di lokasi sebelum membuat tiket."),
    ("link-lambat", "ARTICLE", "Gangguan/Data", DATA, ["SLOW", "LATENCY", "PACKET_LOSS"], [], "Link lambat: penuh atau terganggu?",
     "Lihat **MRTG** 24 jam terakhir.\n\n| Grafik | Arti |\n|---|---|\n| rata di batas atas | pemakaian penuh, tawarkan upgrade |\n| naik turun tajam | kemungkinan gangguan |\n| normal | minta hasil traceroute pelanggan |"),
    ("link-putus-sambung", "ARTICLE", "Gangguan/Data", DATA, ["INTERMITTENT", "LINK_FLAPPING"], [], "Link putus sambung",
     "Catat jam putus dari pelanggan, bandingkan dengan MRTG. Lebih dari tiga kali sehari: sebut *intermittent* pada tiket."),
    ("los-merah", "ARTICLE", "Gangguan/Internet", NET, ["LOS", "OFFLINE"], [], "Lampu LOS merah pada ONT",
     "Lampu LOS merah berarti tidak ada cahaya. Periksa konektor biru di belakang ONT, jangan ditekuk. Bila **EMBASSY** menunjukkan redaman di bawah ambang, buat tiket."),
    ("redaman-tinggi", "ARTICLE", "Gangguan/Internet", NET, ["ATTENUATION", "SLOW", "NO_SYNC"], [], "Redaman tinggi menurut EMBASSY",
     "Baca putusan pada panel bukti. Redaman tinggi: buat tiket dengan gejala *High attenuation* dan sertakan angka pengukuran."),
    ("tidak-bisa-browsing", "ARTICLE", "Gangguan/Internet", NET, ["NO_BROWSING"], [], "Terhubung tetapi tidak bisa browsing",
     "Minta pelanggan mencoba situs lain dan perangkat lain. Bila satu situs saja, sebutkan alamatnya pada tiket."),
    ("telepon-mati", "ARTICLE", "Gangguan/Telepon", PHONE, ["NO_DIAL_TONE", "ONE_WAY_VOICE"], [], "Telepon tanpa nada atau suara satu arah",
     "Coba pesawat lain langsung pada ONT. Suara satu arah: tanyakan apakah memakai PABX."),
    ("tip-sdwan", "TIP", "Produk/Data", DATA, [], ["DES", "DGS", "DBS"], "Kapan menyebut Astinet SD-WAN",
     "Pelanggan dengan lebih dari satu lokasi, atau yang menanyakan *backup*. Cukup satu kalimat, tanpa harga."),
    ("tip-wifi-extender", "TIP", "Produk/Internet", NET, [], [], "Kapan menyebut WiFi Extender",
     "Sinyal lemah di sebagian ruangan sementara pengukuran EMBASSY normal."),
    ("minta-referensi", "SCRIPT", "Courtesy/Surel", [], [], [], "Meminta nomor tiket atau product id dengan sopan",
     "> Agar kami dapat memeriksa, mohon sampaikan nomor tiket atau nomor layanan Bapak/Ibu.\n\nNomor layanan tertera pada tagihan. Jangan meminta data lain."),
)  # fmt: skip


def load() -> None:
    new = []
    for name, family, pitch, _related in PRODUCTS:
        fields: dict[str, object] = {"name": name, "family": family, "pitch": pitch}
        _product, made = Product.objects.get_or_create(code=name.lower().replace(" ", "-"), defaults=fields)
        if made:
            new.append(name)
    known = {product.name: product for product in Product.objects.all()}
    for name, _family, _pitch, related in PRODUCTS:
        if name in new:
            known[name].related.add(*(known[other] for other in related if other in known))
    for slug, kind, path, products, symptoms, segments, title, body in ARTICLES:
        fields = {"kind": kind, "path": path, "products": products, "symptoms": symptoms, "segments": segments}
        article, made = Article.objects.get_or_create(slug=slug, defaults=fields)
        if made:
            services.write(article, title, body, by=None)
            if kind == Article.Kind.SCRIPT:
                Script.objects.create(article=article, path=f"{TOP}/{path}/{title}", readers=["agent_email"])
    load_scripts()
    demo_snippets.load()


def load_scripts() -> None:
    """The scripts of the simulated My Kiss, approved by the first supervisor where there is one."""
    supervisor = User.objects.filter(memberships__role=Role.SUPERVISOR).order_by("pk").first()
    for path, title, body in SCRIPTS:
        if Script.objects.filter(path=path).exists():
            continue
        script = drafts.new_script(path, readers=mykiss.readers_of(path), mirrored=True)
        if supervisor:
            with ago(timedelta(days=60)):
                draft = drafts.draft(script.article, title, body, by=None, source_version=FIRST_VERSION)
                drafts.approve(draft, supervisor, material=path.endswith("/Keluhan Keras"))
        else:
            services.write(script.article, title, body, by=None, source_version=FIRST_VERSION)
        same = {"source_version": FIRST_VERSION, "matches": FIRST_VERSION, "checked_at": timezone.now()}
        Script.objects.filter(pk=script.pk).update(**same)
