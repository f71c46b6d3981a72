"""The time zone of a witel (Telkom's district): WIB, WITA or WIT, also by the names that districts had before."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format

from tenesa.accounts.areas import plain

ZONES = {"WIB": ZoneInfo("Asia/Jakarta"), "WITA": ZoneInfo("Asia/Makassar"), "WIT": ZoneInfo("Asia/Jayapura")}
# Districts of today and of before the reorganisation, with their seats; one that spans two zones has its seat's.
_WITELS = {
    "WIB": """
        aceh, medan, sumut, sumbar, padang, ridar, riau, pekanbaru, rikep, batam, jambi, sumsel, palembang, babel,
        bangka belitung, bengkulu, lampung, lampung bengkulu, sumbagsel, jambi bengkulu, jakarta, jakarta centrum,
        jakarta inner, jakarta outer, jakarta pusat, jakarta utara, jakarta barat, jakarta timur, jakarta selatan,
        bekasi, bekasi karawang, karawang, bogor, tangerang, banten, serang, bandung, bandung barat, priangan barat,
        priangan timur, tasikmalaya, sukabumi, cirebon, semarang, semarang jateng utara, solo, solo jateng timur,
        yogya jateng selatan, yogyakarta, kudus, pekalongan, tegal, purwokerto, magelang, surabaya, surabaya utara,
        surabaya selatan, suramadu, madura, sidoarjo, gresik, malang, kediri, madiun, jember, pasuruan, jatim barat,
        jatim timur, kalbar, pontianak, kalteng, palangkaraya""",
    "WITA": """
        bali, denpasar, singaraja, nusa tenggara, ntb, mataram, ntt, kupang, balikpapan, samarinda, kaltim, kaltimtara,
        kaltara, tarakan, kalsel, kalselteng, banjarmasin, sulbagsel, sulselbar, sulsel, sulbar, makassar, pare pare,
        sulbagteng, sulteng, palu, sultra, kendari, suluttenggo, sulut, sulut malut, manado, gorontalo""",
    "WIT": """
        maluku, ambon, maluku utara, malut, ternate, papua, papua barat, papua selatan, papua tengah, papua pegunungan,
        papua barat daya, jayapura, merauke, timika, biak, nabire, sorong, manokwari""",
}
_ZONE_OF = {name.strip(): zone for zone, names in _WITELS.items() for name in names.split(",")}


def key_of(witel: str) -> str:
    """ "WIB", "WITA" or "WIT"; "" for a district that nobody knows."""
    return _ZONE_OF.get(plain(witel), "")


def zone_of(witel: str) -> ZoneInfo:
    """The zone of a district; WIB where it is unknown."""
    return ZONES[key_of(witel) or "WIB"]


def named(zone: str) -> tuple[ZoneInfo, ...]:
    """By key ("WITA") or by its international name ("Asia/Makassar"); all three where it is "", as nobody knows."""
    if not zone:
        return tuple(ZONES.values())
    return (ZONES.get(zone) or ZoneInfo(zone),)


def label_of(zone: ZoneInfo) -> str:
    """ "WITA", or the zone's own name where it is none of ours."""
    return next((key for key, known in ZONES.items() if known.key == zone.key), zone.key)


def house() -> ZoneInfo:
    """In which the people of the house read times."""
    return ZoneInfo(timezone.get_current_timezone_name())


def place_of(key: str) -> ZoneInfo:
    """The zone of this key; the house's where it is ""."""
    return named(key)[0] if key else house()


def clock(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """The time of day there, with the day where it is not today; in the house's zone where none is named."""
    local = timezone.localtime(moment, zone)
    time = f"{local:%H.%M}"
    return time if local.date() == timezone.localdate(timezone=zone) else f"{date_format(local, 'j M')} {time}"


def beside(moment: datetime, zone: ZoneInfo) -> str:
    """The time in the customer's zone, with the house's beside it where they differ: 15.40 WITA (14.40 WIB)."""
    words, here = f"{clock(moment, zone)} {label_of(zone)}", house()
    return words if label_of(zone) == label_of(here) else f"{words} ({clock(moment)} {label_of(here)})"
