"""Tags: short words that people put on cases of any desk, taken off again, and the list of them that leaders keep tidy.

Facts beside a case: no state depends on them, and its history of steps does not hold them. A row is written when a tag
is put on and closed when it is taken off; none is deleted or opened again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial, reduce
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tenesa.accounts.models import User
from tenesa.accounts.roles import LEADERS
from tenesa.search.registry import Piece, Place
from tenesa.ui.live import tell
from tenesa.workflow.case import Case
from tenesa.workflow.errors import InvalidInput, NotNow, NotYourStep
from tenesa.workflow.perform import announce
from tenesa.workflow.readings import Reading
from tenesa.workspace.models import CaseTag, Tag, TagChange

LONGEST = 30  # letters of a name
MOST = 10  # tags of a case
EVERY = 300  # tags that are in use in the house
SUGGESTED = 50
TOLD_AT_ONCE = 200
NAME = re.compile(r"\w(?:[\w .&+/-]*\w)?")
NOW = Q(removed_at=None)
Acts = TagChange.Act


def _rows(case: Any) -> QuerySet[CaseTag]:
    mine = CaseTag.objects.filter(procedure=case.procedure_name(), case_id=case.pk)
    return mine.select_related("tag", "added_by", "removed_by").order_by("pk")


TAGS = Reading("tags", _rows)


def of(case: Case) -> list[Tag]:
    """The tags that the case has now, in the order in which they were put on."""
    return [row.tag for row in TAGS.of(case) if row.removed_at is None]


def of_cases(of: Mapping[str, Collection[int]]) -> dict[tuple[str, int], list[str]]:
    """Names by procedure and number of the case, of these cases, in one question."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    where = [Q(procedure=procedure, case_id__in=list(pks)) for procedure, pks in of.items() if pks]
    if where:
        asked = CaseTag.objects.filter(NOW, reduce(or_, where)).order_by("pk")
        for procedure, pk, name in asked.values_list("procedure", "case_id", "tag__name"):
            found[procedure, pk].append(name)
    return found


def pieces(procedure: str, ids: Sequence[int]) -> Iterator[tuple[int, Piece]]:
    """By what these cases are found in the search."""
    for (_procedure, pk), names in of_cases({procedure: ids}).items():
        yield from ((pk, Piece(Place.TAG, name)) for name in names)


def names_of_row(procedure: str) -> ArraySubquery:
    """The same of a row that is being read, as a column of its own."""
    mine = CaseTag.objects.filter(NOW, procedure=procedure, case_id=OuterRef("pk")).order_by("pk")
    return ArraySubquery(mine.values("tag__name"))


def now() -> QuerySet[CaseTag]:
    """What stands on cases now."""
    return CaseTag.objects.filter(NOW)


def having(procedure: str, name: str) -> Q:
    """The cases of a procedure that have the tag of this name now, however it is written."""
    has = CaseTag.objects.filter(NOW, procedure=procedure, tag__key=key_of(name))
    return Q(pk__in=has.values("case_id"))


def suggestions(words: str = "") -> list[str]:
    """Names in use that hold the words, those of most cases first."""
    tags = Tag.objects.filter(retired_at=None, key__contains=key_of(words)[:LONGEST])
    used = tags.annotate(used=Count("cases", filter=Q(cases__removed_at=None))).order_by("-used", "key")
    return list(used.values_list("name", flat=True)[:SUGGESTED])


# --- on a case -------------------------------------------------------------------------------------------------------
def add(case: Case, name: str, by: User) -> bool:
    """Put the tag on the case; a name that nobody used before becomes one. False where the case has it already.

    The case is locked first: two persons at once put a tag on once. Raises InvalidInput, NotNow.
    """
    written = cleaned(name)
    with transaction.atomic():
        _lock(case)
        tag = _tag_of(written, by)
        has = {row.tag_id for row in _rows(case).filter(NOW)}
        if tag.pk in has:
            return False
        if len(has) >= MOST:
            raise NotNow([_("A case has %(n)d tags at most: take one off first.") % {"n": MOST}])
        CaseTag.objects.create(procedure=case.procedure_name(), case_id=case.pk, tag=tag, added_by=by)
        _tell(case)
    return True


def remove(case: Case, name: str, by: User) -> bool:
    """Take the tag off; False where the case has it no more."""
    with transaction.atomic():
        _lock(case)
        mine = _rows(case).filter(NOW, tag__key=key_of(name)).order_by()
        done = CaseTag.objects.filter(pk__in=mine.values("pk")).update(removed_by=by, removed_at=timezone.now())
        if done:
            _tell(case)
    return bool(done)


def cleaned(name: str) -> str:
    """The name as it is kept: one space between words, no “#” before it. Raises InvalidInput."""
    written = " ".join(name.lstrip(" #").split())
    if not written:
        raise InvalidInput({"name": [_("Write the name of the tag.")]})
    if len(written) > LONGEST:
        raise InvalidInput({"name": [_("A tag has %(n)d letters at most.") % {"n": LONGEST}]})
    if not NAME.fullmatch(written):
        raise InvalidInput({"name": [_("A tag is made of letters, digits, spaces and . & + / -")]})
    return written


def key_of(name: str) -> str:
    """By which two spellings are one tag."""
    return " ".join(name.lstrip(" #").split()).casefold()


def _tag_of(name: str, by: User) -> Tag:
    """The tag of this name, or the one that it was merged into."""
    known = Tag.objects.select_for_update(of=("self",), no_key=True).select_related("merged_into")
    found = known.filter(key=key_of(name)).first()
    if found is None:
        if Tag.objects.filter(retired_at=None).count() >= EVERY:
            words = _("There are %(n)d tags already: choose one of them, or ask a leader to tidy.")
            raise NotNow([words % {"n": EVERY}])
        return Tag.objects.get_or_create(key=key_of(name), defaults={"name": name, "created_by": by})[0]
    tag = found.merged_into or found
    if tag.retired_at is not None:
        raise NotNow([_("The tag “%(name)s” is no longer used.") % {"name": tag.name}])
    return tag


def _lock(case: Case) -> None:
    list(type(case)._default_manager.select_for_update().filter(pk=case.pk).values_list("pk"))


def _tell(case: Case) -> None:
    """Open pages of the case and its lists fetch again."""
    case.forget_readings()
    transaction.on_commit(partial(announce, case))


def _tell_all(cases: Sequence[tuple[str, int]]) -> None:
    """Pages that show one of these cases or its row."""
    for at in range(0, len(cases), TOLD_AT_ONCE):
        tell("case", *(f"{procedure}:{pk}" for procedure, pk in cases[at : at + TOLD_AT_ONCE]))


# --- the list of them ------------------------------------------------------------------------------------------------
def listed() -> QuerySet[Tag]:
    """All of them by name, those no longer used last; `used`: cases that have it now."""
    used = Count("cases", filter=Q(cases__removed_at=None))
    return Tag.objects.annotate(used=used).select_related("merged_into").order_by("retired_at", "key")


def rename(tag: Tag, name: str, by: User) -> None:
    """Raises InvalidInput, NotNow where another one is called so."""
    _must_lead(by)
    written = cleaned(name)
    with transaction.atomic():
        locked = _locked(tag)
        if Tag.objects.filter(key=key_of(written)).exclude(pk=tag.pk).exists():
            raise NotNow([_("There is a tag “%(name)s” already: merge them.") % {"name": written}])
        if locked.name != written:
            _note(locked, Acts.RENAMED, by, written)
            locked.name, locked.key = written, key_of(written)
            locked.save(update_fields=["name", "key"])
            has = CaseTag.objects.filter(NOW, tag=tag).values_list("procedure", "case_id")
            transaction.on_commit(partial(_tell_all, list(has)))


def merge(tag: Tag, into: str, by: User) -> int:
    """Every case that has the one has the other instead; how many. The name leads to the other from now on."""
    _must_lead(by)
    other = Tag.objects.filter(key=key_of(into), retired_at=None).first()
    if other is None or other.pk == tag.pk:
        raise InvalidInput({"into": [_("Choose another tag that is in use.")]})
    now = timezone.now()
    with transaction.atomic():
        locked, target = (_locked(one) for one in sorted((tag, other), key=lambda one: one.pk))
        locked, target = (locked, target) if locked.pk == tag.pk else (target, locked)
        had = list(CaseTag.objects.select_for_update().filter(NOW, tag=locked).values_list("procedure", "case_id"))
        CaseTag.objects.filter(NOW, tag=locked).update(removed_by=by, removed_at=now)
        moved = [CaseTag(procedure=one, case_id=pk, tag=target, added_by=by, added_at=now) for one, pk in had]
        CaseTag.objects.bulk_create(moved, ignore_conflicts=True, batch_size=1_000)
        _note(locked, Acts.MERGED, by, target.name)
        transaction.on_commit(partial(_tell_all, had))
        Tag.objects.filter(merged_into=locked).update(merged_into=target)
        Tag.objects.filter(pk=locked.pk).update(merged_into=target, retired_at=now)
    return len(had)


def retire(tag: Tag, by: User) -> None:
    """Nobody puts it on a case any more; the cases that have it keep it."""
    _must_lead(by)
    with transaction.atomic():
        locked = _locked(tag)
        if locked.retired_at is None:
            _note(locked, Acts.RETIRED, by)
            Tag.objects.filter(pk=locked.pk).update(retired_at=timezone.now())


def restore(tag: Tag, by: User) -> None:
    """Used again. Raises NotNow for one that lives on in another."""
    _must_lead(by)
    with transaction.atomic():
        locked = _locked(tag)
        if locked.merged_into is not None:
            raise NotNow([_("It was merged into “%(name)s”.") % {"name": locked.merged_into.name}])
        if locked.retired_at is not None:
            _note(locked, Acts.RESTORED, by)
            Tag.objects.filter(pk=locked.pk).update(retired_at=None)


def _must_lead(user: User) -> None:
    if not user.has_role(*LEADERS):
        raise NotYourStep(_("The list of tags is kept by leaders."))


def _locked(tag: Tag) -> Tag:
    return Tag.objects.select_for_update().get(pk=tag.pk)


def _note(tag: Tag, act: str, by: User, after: str = "") -> None:
    TagChange.objects.create(tag=tag, act=act, before=tag.name, after=after, by=by)
