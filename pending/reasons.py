"""The ten reasons that a new installation begins with (requirements 6); an administrator keeps them from then on."""

from __future__ import annotations

from typing import Any

from django.apps import apps as now

REASONS = (
    ("CUST_NOT_AVAILABLE", "Lokasi pelanggan tutup", False,
     "Petugas sudah di lokasi, tetapi tempatnya tutup. Kapan Bapak/Ibu dapat menerima petugas?"),
    ("CUST_RESCHEDULE", "Pelanggan minta jadwal ulang", False,
     "Sesuai permintaan, kunjungan dijadwalkan ulang. Apakah waktu ini dapat kami catat sebagai kesepakatan?"),
    ("ACCESS_PERMIT", "Menunggu izin masuk", True,
     "Petugas memerlukan izin masuk gedung. Siapa yang mengurus dan kapan izinnya selesai?"),
    ("CUST_POWER", "Catu daya atau perangkat pelanggan", False,
     "Gangguan berasal dari catu daya atau perangkat di tempat Bapak/Ibu. Kapan perbaikannya selesai?"),
    ("WAITING_MATERIAL", "Menunggu material", True,
     "Material pengganti sedang dikirim. Apakah penanganan boleh kami tunda sampai material tiba?"),
    ("THIRD_PARTY", "Izin pihak ketiga (jalan, PLN)", True,
     "Pekerjaan menunggu izin pihak ketiga. Apakah penanganan boleh kami tunda sampai izin terbit?"),
    ("FORCE_MAJEURE", "Keadaan kahar", False,
     "Wilayah ini sedang terkena bencana. Demi keselamatan, penanganan kami usulkan ditunda."),
    ("SAFETY_WEATHER", "Keselamatan kerja, cuaca buruk", False,
     "Cuaca belum aman untuk bekerja. Apakah penanganan boleh kami tunda sampai cuaca membaik?"),
    ("MONITORING", "Pemantauan setelah perbaikan", False,
     "Layanan sudah diperbaiki dan kami pantau dahulu. Apakah tiket boleh kami tahan selama pemantauan?"),
    ("CUST_REQUEST", "Permintaan pelanggan", False,
     "Bapak/Ibu meminta penanganan ditunda. Sampai kapan, dan apa alasannya?"),
)  # fmt: skip


def seed(apps: Any = None, **_signal: Any) -> None:
    """Bring what is missing; what an administrator changed stays as it is (Django's `post_migrate`)."""
    try:
        model = (apps or now).get_model("pending", "PendReason")
    except LookupError:  # migrated back to before there were any
        return
    model.objects.bulk_create(
        [model(code=code, label=label, needs_evidence=proof, script=script) for code, label, proof, script in REASONS],
        ignore_conflicts=True,
    )
