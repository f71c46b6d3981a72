"""Keeping the index: from the rows of a case and its mails to one document."""

from __future__ import annotations

import hashlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple, cast

from django.db import connection, transaction
from django.db.models.functions import Left
from psycopg2.extras import execute_values

from tenesa.mail.models import InboundAttachment, InboundMail, OutboundMail
from tenesa.search import normal
from tenesa.search.models import Document
from tenesa.search.registry import Piece, Place, Source, beside, source_of, sources

logger = logging.getLogger(__name__)

LOCK = 0x7E4E5A26  # any number that no other advisory lock has
BATCH = 200
OF_A_MAIL = 50_000  # characters of a mail's text that are searched
OF_A_CASE = 100_000  # bytes of all texts: PostgreSQL takes no more than a megabyte of words, in three languages
EXACT, GRAMS = 2000, 6000  # numbers and addresses of a case; characters of which parts are found

_WORDS = " || ".join(
    ["array_to_tsvector(exact)"]
    + [f"strip(to_tsvector('{language}', body))" for language in ("simple", "indonesian", "english")]
)
_UPSERT = f"""
INSERT INTO search_document AS old (procedure, case_id, desk_id, area_id, at, words, grams, digest)
SELECT procedure, case_id, desk_id, area_id, at, {_WORDS}, grams, digest
  FROM (VALUES %s) AS new (procedure, case_id, desk_id, area_id, at, exact, body, grams, digest)
    ON CONFLICT (procedure, case_id) DO UPDATE
   SET desk_id = excluded.desk_id, area_id = excluded.area_id, at = excluded.at, words = excluded.words,
       grams = excluded.grams, digest = excluded.digest"""  # noqa: S608 - our own words
_ROW = "(%s, %s, %s, %s, %s::timestamptz, %s::text[], %s, %s, %s)"
_TAKE = """
DELETE FROM search_change WHERE id IN (SELECT id FROM search_change ORDER BY id LIMIT %s)
RETURNING procedure, case_id"""


class _Written(NamedTuple):
    exact: list[str]
    body: str
    grams: str


def refresh(seconds: float = 1.0) -> int:
    """Index what changed, the oldest change first, until nothing is left or the time is over; returns how many cases.

    One worker at a time: two could write the words of one case in the wrong order.
    """
    ends, done = time.monotonic() + seconds, 0
    while time.monotonic() < ends:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return done
            cursor.execute(_TAKE, [BATCH])
            changed = sorted(set(cursor.fetchall()))
            for procedure, pairs in groupby(changed, key=lambda pair: pair[0]):
                if source := source_of(procedure):
                    done += _write(source, [case_id for _procedure, case_id in pairs])
        if not changed:
            break
    return done


def rebuild(source: Source, after: int = 0) -> Iterator[int]:
    """Index every case of a procedure anew, in the order of their numbers; yields the last one that is done."""
    cases = source.model._base_manager.order_by("pk").values_list("pk", flat=True)
    while ids := list(cases.filter(pk__gt=after)[:BATCH]):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            _write(source, ids)
        yield (after := ids[-1])


def forget_removed() -> int:
    """Drop the documents of cases that are no more."""
    removed = 0
    for source in sources():
        documents = Document.objects.filter(procedure=source.procedure)
        removed += documents.exclude(case_id__in=source.model._base_manager.values("pk")).delete()[0]
    return removed


def _write(source: Source, ids: Sequence[int]) -> int:
    """Index these cases; what fails for one of them leaves the others alone."""
    try:
        with transaction.atomic():
            return _write_all(source, ids)
    except Exception:
        if len(ids) == 1:
            logger.exception("%s %s is not indexed", source.procedure, ids[0])
            return 0
    return sum(_write(source, [one]) for one in ids)


def _write_all(source: Source, ids: Sequence[int]) -> int:
    pieces = pieces_of(source, ids)
    cases = source.model._base_manager.filter(pk__in=ids).order_by("pk")
    kept = dict(Document.objects.filter(procedure=source.procedure, case_id__in=ids).values_list("case_id", "digest"))
    rows: list[tuple[Any, ...]] = []
    for pk, desk, area, at in cases.values_list("pk", "desk_id", "area_id", "changed_at"):
        written = _written(desk, pieces[pk])
        digest = hashlib.md5(repr((desk, area, written)).encode(), usedforsecurity=False).hexdigest()
        if kept.get(pk) != digest:
            rows.append((source.procedure, pk, desk, area, at, *written, digest))
    if rows:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, _UPSERT, rows, _ROW)
    return len(ids)


def home(desk: str) -> str:
    """A word that all cases of a desk have: with it the index itself leaves out the others."""
    return "@desk:" + desk.replace("\\", "").replace("'", "")


def _written(desk: str, pieces: Iterable[Piece]) -> _Written:
    exact = {home(desk): None}
    grams: dict[str, None] = {}
    body: list[str] = []
    room = OF_A_CASE
    for place, text in pieces:
        clear = normal.plain(text)
        found = list(normal.numbers(clear))
        if place is Place.ADDRESS:
            exact |= dict.fromkeys(part for part in (clear, normal.domain(clear)) if part)
        if place is Place.TAG:
            exact |= dict.fromkeys(normal.tags(clear))
        exact |= dict.fromkeys(found)
        grams |= dict.fromkeys(found if place in _LONG else [clear, *found])
        words = " ".join(normal.words(clear)).encode()[:room]
        room -= len(words)
        body.append(words.decode("utf-8", "ignore"))
    kept = [one for one in exact if len(one) <= 254][:EXACT]
    return _Written(kept, " ".join(body), " ".join(grams)[:GRAMS])


_LONG = (Place.BODY, Place.NOTE, Place.FACT)  # too much text to find parts of words in


# --- what stands in a case -----------------------------------------------------------------------------------------
def pieces_of(source: Source, ids: Sequence[int]) -> dict[int, list[Piece]]:
    """All texts of these cases, each once, in the order in which a match is told; the newest mail first."""
    found: dict[int, dict[Piece, None]] = defaultdict(dict)
    for case_id, pieces in source.pieces(ids).items():
        found[case_id] |= dict.fromkeys(pieces)
    procedure = source.procedure
    for case_id, piece in (
        *_received(procedure, ids),
        *_sent(procedure, ids),
        *_attached(procedure, ids),
        *beside(procedure, ids),
    ):
        found[case_id][piece] = None
    order = {place: number for number, place in enumerate(Place)}
    told = {pk: [piece for piece in pieces if piece.text] for pk, pieces in found.items()}
    return {pk: sorted(told.get(pk, ()), key=lambda piece: order[piece.place]) for pk in ids}


def _received(procedure: str, ids: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    mails = InboundMail.objects.filter(procedure=procedure, case_id__in=ids, status=InboundMail.Status.FILED)
    columns = ("case_id", "subject", "from_name", "extracted", "from_address", "reply_to", "to", "cc")
    for case_id, subject, name, numbers, *addresses, to, cc, text in mails.order_by("-pk").values_list(
        *columns, Left("text", OF_A_MAIL)
    ):
        yield case_id, Piece(Place.SUBJECT, subject)
        yield case_id, Piece(Place.NAME, name)
        for place, kind in _FOUND.items():
            yield from ((case_id, Piece(place, number)) for number in numbers.get(kind, ()))
        yield from ((case_id, Piece(Place.ADDRESS, address)) for address in (*addresses, *to, *cc))
        yield case_id, Piece(Place.BODY, text)


_FOUND = {Place.PRODUCT: "product_ids", Place.INCIDENT: "incidents", Place.PHONE: "phones"}


def _attached(procedure: str, ids: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    files = InboundAttachment.objects.filter(mail__procedure=procedure, mail__case_id__in=ids, inline=False)
    for case_id, name in files.order_by("-pk").values_list("mail__case_id", "name"):
        yield cast("int", case_id), Piece(Place.FILE, name)


def _sent(procedure: str, ids: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    mails = OutboundMail.objects.filter(procedure=procedure, case_id__in=ids)
    mails = mails.exclude(status=OutboundMail.Status.CANCELLED).order_by("-created_at")
    for case_id, subject, to, cc, text in mails.values_list("case_id", "subject", "to", "cc", Left("text", OF_A_MAIL)):
        yield case_id, Piece(Place.SUBJECT, subject)
        yield from ((case_id, Piece(Place.ADDRESS, address)) for address in (*to, *cc))
        yield case_id, Piece(Place.BODY, text)
