"""The area of a customer's district (witel), also by the names that districts had before (lokal: ADR-0047)."""

from __future__ import annotations

import re

_WITELS = {
    "MDN": """
        aceh, medan, sumut, sumbar, sumbar jambi, padang, ridar, riau, pekanbaru, rikep, batam, jambi, sumsel,
        palembang, babel, bangka belitung, bengkulu, lampung, lampung bengkulu, sumbagsel, jambi bengkulu""",
    "JKT": """
        jakarta, jakarta centrum, jakarta inner, jakarta outer, jakarta pusat, jakarta utara, jakarta barat,
        jakarta timur, jakarta selatan, bekasi, bekasi karawang, karawang, bogor, tangerang, banten, serang""",
    "BDG": "bandung, bandung barat, priangan barat, priangan timur, tasikmalaya, sukabumi, cirebon",
    "SMG": """
        semarang, semarang jateng utara, solo, solo jateng timur, yogya jateng selatan, yogyakarta, kudus, pekalongan,
        tegal, purwokerto, magelang""",
    "SBY": """
        surabaya, surabaya utara, surabaya selatan, suramadu, madura, sidoarjo, gresik, malang, kediri, madiun, jember,
        pasuruan, jatim barat, jatim timur""",
    "DPS": "bali, denpasar, singaraja, nusa tenggara, ntb, mataram, ntt, kupang",
    "BPN": """
        balikpapan, samarinda, kaltim, kaltimtara, kaltara, tarakan, kalsel, kalselteng, banjarmasin, kalbar, pontianak,
        kalteng, palangkaraya""",
    "MKS": """
        sulbagsel, sulselbar, sulsel, sulbar, makassar, pare pare, sulbagteng, sulteng, palu, sultra, kendari,
        suluttenggo, sulut, sulut malut, manado, gorontalo, maluku, ambon, maluku utara, malut, ternate, papua,
        papua barat, papua selatan, papua tengah, papua pegunungan, papua barat daya, jayapura, merauke, timika, biak,
        nabire, sorong, manokwari""",
}
_AREA_OF = {name.strip(): area for area, names in _WITELS.items() for name in names.split(",")}
_BETWEEN = re.compile(r"[\W_]+")


def plain(witel: str) -> str:
    """The name of a district as it is compared: small letters, single spaces, without the word itself."""
    return _BETWEEN.sub(" ", witel).strip().casefold().removeprefix("witel ")


def area_of(witel: str) -> str:
    """The code of the area in which a district lies; "" for one that nobody knows."""
    return _AREA_OF.get(plain(witel), "")
