"""Reading a list of special or VVIP customers from XLSX, row by row (V-16).

Each row goes through the form of a proposal and is one transaction with its row of the report: a reader that dies is
followed by another one, which goes on where it stopped. Another person approves what came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache, partial
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from segmentation import siskas
from segmentation.lookup import Match, as_compared, customers_of
from segmentation.special_list import services
from segmentation.special_list.batches import ListImport, ListImportRow
from segmentation.special_list.columns import leads
from segmentation.special_list.states import BY_PEOPLE, Action
from tenesa import sheets
from tenesa.accounts.models import User
from tenesa.redis_link import wake
from tenesa.systems.errors import Unavailable
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep, Refusal
from tenesa.workflow.perform import perform

MOST_BYTES = 5 * 2**20
MOST_ROWS = 20_000
SEARCHED = 30  # rows in which the heads are looked for
SILENT = timedelta(minutes=2)  # after which whoever read a file is taken for dead
TOGETHER = 200  # rows whose customers are looked up together
AT_ONCE = 500  # entries that one press approves
Status = ListImport.Status
# Heads of columns as people write them, and the input of a proposal; those marked are required.
HEADS = {
    "nomor pelanggan": "customer",
    "kriteria": "criterion",
    "bukti": "evidence",
    "sumber": "source",
    "berlaku sampai": "valid_to",
    "tindakan": "action",
    "nomor layanan": "service",
    "platform": "platform",
    "jumlah pengikut": "count",
    "tanggal hitung": "measured_at",
    "akhir jabatan": "term_end",
    "berlaku dari": "valid_from",
    "tinjau ulang": "review_due",
}
REQUIRED = ("nomor pelanggan", "kriteria", "bukti", "sumber", "berlaku sampai")
DAYS = ("valid_to", "measured_at", "term_end", "valid_from", "review_due")


class SameFile(NotNow):
    """This content was handed in before."""

    def __init__(self, batch: ListImport) -> None:
        at = f"{timezone.localtime(batch.at):%d/%m/%Y %H.%M}"
        words = _("This file was imported before: “%(name)s”, by %(who)s on %(at)s. Its report is there.")
        super().__init__([words % {"name": batch.name, "who": batch.by, "at": at}])
        self.batch = batch


def hand_in(user: User, name: str, content: bytes) -> ListImport:
    """Keep the file, to be read in the background. Raises NotYourStep, InvalidInput or SameFile."""
    if not leads(user):
        raise NotYourStep(_("Lists are imported by team leaders, supervisors and managers."))
    if not content or len(content) > MOST_BYTES:
        raise InvalidInput({"file": [_("A file of 1 byte to %(mb)d MB is expected.") % {"mb": MOST_BYTES // 2**20}]})
    digest = hashlib.sha256(content).hexdigest()
    try:
        with transaction.atomic():
            batch = ListImport.objects.create(name=name[-120:], sha256=digest, content=content, by=user)
            transaction.on_commit(partial(nudge, batch.pk))
    except IntegrityError:
        there = ListImport.objects.exclude(status=Status.REFUSED).select_related("by").get(sha256=digest)
        raise SameFile(there) from None
    return batch


def nudge(pk: int) -> None:
    wake("segmentation.tasks.read_list", pk)


def waiting() -> list[int]:
    """Files that nobody reads: new ones, and those whose reader fell silent."""
    unread = ListImport.objects.filter(status__in=[Status.WAITING, Status.RUNNING]).order_by("at")
    late = timezone.now() - SILENT
    return [one.pk for one in unread.defer("content") if one.claimed_at is None or one.claimed_at < late]


def read(pk: int) -> str:
    """Read the file, if nobody else does; a sentence on what became of it.

    Rows of customers whom only SISKAS knows wait while it is away: the file waits then, and the sweep goes on with it.
    """
    late, now = timezone.now() - SILENT, timezone.now()
    unread = ListImport.objects.filter(pk=pk, status__in=[Status.WAITING, Status.RUNNING])
    claimed = unread.exclude(claimed_at__gte=late).update(status=Status.RUNNING, claimed_at=now)
    if not claimed:
        return f"import {pk}: another worker has it, or it is over"
    batch = ListImport.objects.select_related("by").get(pk=pk)
    with override(settings.LANGUAGE_CODE):  # whoever reads the report reads the house's language
        try:
            waits_for = _read_rows(batch)
        except sheets.NotASheet as refusal:
            _leave(batch, Status.REFUSED, str(refusal))
        else:
            _leave(batch, Status.WAITING if waits_for else Status.DONE, waits_for)
    return f"import {pk}: {batch.status}"


def _leave(batch: ListImport, status: str, problem: str = "") -> None:
    batch.status, batch.problem, batch.claimed_at = status, problem[:600], None
    batch.finished_at = timezone.now() if batch.is_over else None
    batch.save(update_fields=["status", "problem", "claimed_at", "finished_at"])


def _read_rows(batch: ListImport) -> str:
    """Every row that is not done; why some wait, "" where none does."""
    rows = list(_proposals(BytesIO(bytes(batch.content))))  # a file that does not fit is refused as a whole
    done = set(batch.rows.values_list("line", flat=True))
    rows = [(line, given) for line, given in rows if line not in done]
    who, seen = _Customers(batch.by.username), timezone.now()
    for at, (line, given) in enumerate(rows):
        if at % TOGETHER == 0:
            who.look_up([other.get("customer", "") for _line, other in rows[at : at + TOGETHER]])
        _row(batch, line, given, who)
        if timezone.now() - seen > SILENT / 8:
            seen = timezone.now()
            ListImport.objects.filter(pk=batch.pk).update(claimed_at=seen)
    return who.away.message if who.away else ""


def _row(batch: ListImport, line: int, given: Mapping[str, str], who: _Customers) -> None:
    said = " · ".join(filter(None, (given.get("customer"), given.get("criterion"), given.get("valid_to"))))[:200]
    row = ListImportRow(batch=batch, line=line, said=said or "–")
    try:
        services.propose(batch.by, given, customers=who, report=row)
    except services.NobodyTells:
        return  # another reading comes to it
    except Refusal as refusal:
        row.entry, row.refusals = None, [text[:400] for text in _words(refusal)]
        ListImportRow.objects.bulk_create([row], ignore_conflicts=True)


class _Customers:
    """Who has the numbers of a file: many in one question; one that is not known here is asked of SISKAS, once.

    `away` is why SISKAS did not answer; it is then asked nothing more.
    """

    def __init__(self, actor: str) -> None:
        self.away: Unavailable | None = None
        self._actor = actor
        self._found: dict[str, list[Match]] = {}

    def look_up(self, numbers: Sequence[str]) -> None:
        self._found |= customers_of(numbers)

    def __call__(self, number: str) -> list[Match]:
        key = as_compared(number)
        if key not in self._found:
            self._found[key] = self._ask(number)
        return self._found[key]

    def _ask(self, number: str) -> list[Match]:
        if self.away:
            raise self.away
        try:
            return siskas.found(number, actor=self._actor)
        except Unavailable as error:
            self.away = error
            raise


def _words(refusal: Refusal) -> list[str]:
    if isinstance(refusal, InvalidInput):
        named = {field: head for head, field in HEADS.items()}
        return [f"{named.get(name, name)}: {text}" for name, texts in refusal.errors.items() for text in texts]
    return [str(refusal)]


# --- the sheet -------------------------------------------------------------------------------------------------------
def _proposals(file: BytesIO) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows as inputs of a proposal. Raises NotASheet where the columns are not those that are expected."""
    heads: list[str] | None = None
    passed: list[list[str]] = []
    count = 0
    for line, cells in sheets.rows(file):
        if heads is None:
            passed.append(cells)
            heads = _heads(cells)
            if heads is None and len(passed) == SEARCHED:
                break
            continue
        count += 1
        if count > MOST_ROWS:
            raise sheets.NotASheet(_("More than %(n)d rows: hand them in as several files.") % {"n": MOST_ROWS})
        given = {name: text for name, text in zip(heads, cells, strict=False) if name and text}
        if given:
            yield line, {name: _value(name, text) for name, text in given.items()}
    if heads is None:
        raise sheets.NotASheet(_("No row with the heads of the columns was found: %(heads)s.") % {"heads": _expected()})
    if not count:
        raise sheets.NotASheet(_("Below the heads there is no row."))


def _heads(cells: Sequence[str]) -> list[str] | None:
    """The inputs that the columns are for; None where this is no row of heads."""
    written = [" ".join(cell.casefold().split()) for cell in cells]
    if sum(one in HEADS for one in written) < 2:
        return None
    missing = [one for one in REQUIRED if one not in written]
    unknown = [cell for cell, one in zip(cells, written, strict=True) if one and one not in HEADS]
    twice = sorted({one for one in written if one and written.count(one) > 1})
    problems = [
        _("missing columns: %(names)s") % {"names": ", ".join(missing)} if missing else "",
        _("unknown columns: %(names)s") % {"names": ", ".join(unknown)} if unknown else "",
        _("columns that stand twice: %(names)s") % {"names": ", ".join(twice)} if twice else "",
    ]
    if any(problems):
        told = "; ".join(filter(None, problems))
        raise sheets.NotASheet(_("The columns do not fit: %(told)s. No row was taken.") % {"told": told})
    return [HEADS.get(one, "") for one in written]


def _expected() -> str:
    return ", ".join(REQUIRED)


def _value(name: str, text: str) -> str:
    if name in DAYS and (day := sheets.day_of(text)):
        return f"{day}"
    if name == "criterion":
        return _by_words(BY_PEOPLE).get(" ".join(text.casefold().split()), text)
    if name == "action":
        return _by_words(tuple(Action)).get(" ".join(text.casefold().split()), text)
    if name == "count":
        return text.replace(".", "").replace(",", "")
    return text


@cache
def _by_words(choices: tuple[Any, ...]) -> Mapping[str, str]:
    """Codes by themselves and by their words in Indonesian and English."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {str(one.label).casefold(): one.value for one in choices}
    return found | {one.value.casefold(): one.value for one in choices}


# --- approved together -----------------------------------------------------------------------------------------------
def approve_all(user: User, batch: ListImport) -> tuple[int, list[str]]:
    """Approve what waits of an import, each entry by itself; how many were, and why others were not."""
    waiting = ListImportRow.objects.filter(batch=batch, entry__state="PROPOSED").select_related("entry")
    done, refused = 0, []
    for row in waiting[:AT_ONCE]:
        if row.entry is None:
            continue
        try:
            perform(row.entry, "approve", actor=user)
            done += 1
        except Refusal as refusal:
            refused.append(f"{row.entry.number}: {refusal}")
            if isinstance(refusal, NotYourStep):
                raise
    return done, refused
