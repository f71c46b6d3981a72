"""What the house knows of the customers of a list before they are called: exclusions, dead numbers, special and VVIP.

Who stands on an exclusion list, or has only numbers that are dead or somebody else's, is kept and not called (C-03;
requirements 8.1). Special and VVIP customers (W-26 5.1) owe as others do: they are called, and marked. So is who has
promised to pay another month and is waited for.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from django.db.models import Max, Q

from caring.dapros.reasons import Reason
from caring.dapros.rows import ProspectRow
from caring.exclusions import matching
from caring.promises.models import Promise
from caring.prospects.states import Excluded
from segmentation.lists import ListEntry
from segmentation.special_list.states import LIVE
from tenesa.contact import log
from tenesa.contact.kinds import NumberIs
from tenesa.contact.models import NumberState

BAD = {NumberIs.DEAD, NumberIs.WRONG}
Known = dict[str, dict[str, str]]  # state by number and person; "" for whoever has the number


def screened(rows: Sequence[ProspectRow]) -> list[ProspectRow]:
    """The rows with what is known of them: why one is not called, and remarks. A few questions for all of them."""
    listed, special, ended, promised = matching.in_force(rows), _special(rows), _ended(rows), _promised(rows)
    found = []
    for one in rows:
        notes, why, remark = list(one.notes), one.excluded_why, ""
        if (entry := listed.of(one)) is not None:
            why, remark = Excluded.LISTED, entry.words[:300]
            notes.append(Reason("LISTED", facts={"number": entry.value, "why": entry.words}))
        elif not why and one.fastel in ended:
            why = Excluded.NO_NUMBER
            notes.append(Reason("NUMBERS_ENDED"))
        if (on_list := special.get(one.ncli)) is not None:
            facts = {"kind": str(on_list.get_kind_display()), "criterion": on_list.label}
            notes.append(Reason("SPECIAL", facts=facts))
        if (promise := promised.get(one.fastel)) is not None:
            notes.append(Reason("PROMISED", facts=promise))
        if len(notes) > len(one.notes):
            one = replace(one, excluded_why=why, remark=remark, notes=tuple(notes))  # noqa: PLW2901
        found.append(one)
    return found


def _special(rows: Sequence[ProspectRow]) -> dict[str, ListEntry]:
    """The live entry of each customer who has one, by customer number."""
    references = {one.ncli for one in rows if one.ncli}
    live = ListEntry.objects.filter(state__in=LIVE, customer__reference__in=references)
    return {entry.customer.reference: entry for entry in live.select_related("customer").order_by("-pk")}


def _promised(rows: Sequence[ProspectRow]) -> dict[str, dict[str, str]]:
    """The result and the last day of each line's live promise."""
    live = Promise.objects.filter(state__in=Promise.LIVE, fastel__in={one.fastel for one in rows})
    told = live.annotate(last=Max("lines__due")).select_related("result").order_by("last")
    return {one.fastel: {"number": one.result.number, "day": f"{one.last:%d/%m/%Y}"} for one in told if one.last}


def _ended(rows: Sequence[ProspectRow]) -> Collection[str]:
    """The lines of those all of whose numbers are known as dead, or as not theirs (as `contact.number_states`)."""
    numbers = {phone for one in rows for phone in one.phones}
    known: Known = {}
    theirs = Q(person__in={_person(one) for one in rows}) | Q(state=NumberIs.DEAD)
    for state in NumberState.objects.filter(theirs, number__in=numbers):
        known.setdefault(state.number, {})[state.person] = state.state
    return {one.fastel for one in rows if one.phones and all(_is_bad(known.get(p), _person(one)) for p in one.phones)}


def _is_bad(states: dict[str, str] | None, person: str) -> bool:
    if not states:
        return False
    return states[person] in BAD if person in states else NumberIs.DEAD in states.values()


def _person(one: ProspectRow) -> str:
    return log.customer_key(one.ncli or one.fastel)
