"""The next version of an instrument: drafted by one, approved by another (F-18; requirements 8.1; ADR-0040)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from caring.quality.models import Instrument, InstrumentItem
from caring.quality.who import keeps_instruments
from tenesa.accounts.models import User
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workspace import second_person

WHOLE, MOST = 100, 20


@dataclass(frozen=True)
class Item:
    """A criterion as it is drafted; `critical` is one of `InstrumentItem.Critical`."""

    code: str
    words: str
    critical: str = ""
    weight: int = 0

    def __str__(self) -> str:
        critical = str(InstrumentItem.Critical(self.critical).label) if self.critical else ""
        return " · ".join(filter(None, (self.words, str(self.weight or ""), critical)))


def drafts() -> Sequence[Instrument]:
    waiting = Instrument.objects.filter(approved_at=None, withdrawn_at=None).select_related("drafted_by")
    return list(waiting.prefetch_related("items").order_by("kind"))


def text_of(instrument: Instrument | None) -> str:
    """A line an item, so that two versions can be laid side by side."""
    items = instrument.items.all() if instrument else ()
    return "\n".join(str(Item(one.code, one.words, one.critical, one.weight)) for one in items)


def problems(kind: str, items: Sequence[Item]) -> Iterator[str]:
    """Why these items make no instrument."""
    codes = [item.code for item in items]
    if len(set(codes)) < len(codes):
        yield _("Each code stands once.")
    if kind == Instrument.Kind.GATE:
        first = Instrument.objects.get(kind=kind, version=1).items.values_list("code", flat=True)
        if set(codes) != set(first):
            yield _("The gate has its six criteria: their words and what is critical may change (8 langkah 4, 7.1).")
        return
    if not 1 <= len(items) <= MOST:
        yield _("A scorecard has 1 to %(n)d items.") % {"n": MOST}
    total = sum(item.weight for item in items)
    if total != WHOLE:
        yield _("The weights make %(total)d: they have to make 100.") % {"total": total}
    if any(not item.weight for item in items):
        yield _("Each item weighs something.")


def draft(kind: str, items: Sequence[Item], by: User) -> Instrument:
    """Keep the next version until another person has decided; an earlier draft of the same instrument is withdrawn.

    Raises NotYourStep or InvalidInput; then nothing was kept.
    """
    _only_keepers(by)
    if found := list(problems(kind, items)):
        raise InvalidInput({"": found})
    with transaction.atomic():
        versions = Instrument.objects.select_for_update().filter(kind=kind)
        list(versions)  # two who draft at once draft one after the other
        for earlier in versions.filter(approved_at=None, withdrawn_at=None):
            _give_up(earlier, by)
        newest = versions.aggregate(newest=Max("version"))["newest"] or 0
        made = Instrument.objects.create(kind=kind, version=newest + 1, drafted_by=by)
        InstrumentItem.objects.bulk_create(
            InstrumentItem(
                instrument=made, place=place, code=item.code, words=item.words, critical=item.critical,
                weight=0 if kind == Instrument.Kind.GATE else item.weight,
            )
            for place, item in enumerate(items, 1)
        )  # fmt: skip
        second_person.asked(made, "")
    return made


def approve(instrument: Instrument, by: User) -> Instrument:
    """From now on QC judges by it. Raises NotYourStep, or NotNow where it was decided already."""
    _only_keepers(by)
    with transaction.atomic():
        waiting = _waiting(instrument)
        if waiting.drafted_by_id == by.pk:
            raise NotYourStep(_("Whoever drafted it does not approve it: another person does."))
        waiting.approved_by, waiting.approved_at = by, timezone.now()
        waiting.valid_from = waiting.approved_at
        waiting.save(update_fields=["approved_by", "approved_at", "valid_from"])
        second_person.decided(waiting, by, str(_("Approved")))
    return waiting


def withdraw(instrument: Instrument, by: User) -> Instrument:
    """The draft is given up, by whoever wrote it or by another who leads."""
    _only_keepers(by)
    with transaction.atomic():
        waiting = _waiting(instrument)
        _give_up(waiting, by)
    return waiting


def _give_up(waiting: Instrument, by: User) -> None:
    waiting.withdrawn_at = timezone.now()
    waiting.save(update_fields=["withdrawn_at"])
    second_person.decided(waiting, by, str(_("Withdrawn")))


def _waiting(instrument: Instrument) -> Instrument:
    locked = Instrument.objects.select_for_update().get(pk=instrument.pk)
    if locked.approved_at is not None or locked.withdrawn_at is not None:
        raise NotNow([_("This version was decided on already.")])
    return locked


def _only_keepers(user: User) -> None:
    if not keeps_instruments(user):
        raise NotYourStep(_("Instruments of QC are kept by team leaders and supervisors."))
