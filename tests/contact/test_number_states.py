"""What the log teaches of numbers, and which one is called next (8.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tenesa.accounts.models import User
from tenesa.contact import log
from tenesa.contact.kinds import SOMEBODY_SPOKE, By, NumberIs, Purpose, Result
from tenesa.contact.models import ContactAttempt, NumberState
from tenesa.contact.number_states import best_of, next_number, state_of, states_of

NUMBER, OTHER, THIRD = "081200001187", "02155501234", "081300002222"
WHO, ELSE = "customer:1000123", "customer:2000123"
NOW = timezone.now()
pytestmark = pytest.mark.django_db


def called(agent: User, result: str, minutes: int = 0, **changes: Any) -> ContactAttempt:
    given: dict[str, Any] = {"person": WHO, "number": NUMBER, "purpose": Purpose.CARING, **changes}
    more: dict[str, Any] = {"answered_by": "Bonar"} if result in SOMEBODY_SPOKE else {}
    row = log.attempt(agent=agent, at=NOW + timedelta(minutes=minutes), result=result, **more, **given)
    row.save()
    return row


@pytest.mark.parametrize(
    ("result", "purpose", "state"),
    [
        (Result.CONNECTED, "caring", NumberIs.VERIFIED),
        (Result.CONNECTED, "hold", NumberIs.VALID),  # somebody entitled, not the one who pays
        (Result.CONNECTED, "callback", NumberIs.VALID),
        (Result.INVALID, "caring", NumberIs.DEAD),
        (Result.INVALID, "callback", NumberIs.DEAD),
        (Result.FAX, "hold", NumberIs.DEAD),
        (Result.WRONG_NUMBER, "caring", NumberIs.WRONG),
        (Result.WRONG_NUMBER, "hold", NumberIs.WRONG),
        *(
            (result, "caring", NumberIs.VALID)
            for result in (
                Result.WRONG_PERSON, Result.NO_ANSWER, Result.BUSY, Result.REJECTED, Result.MAILBOX, Result.OFF,
            )
        ),
    ],
)  # fmt: skip
def test_each_result_says_something_of_the_number_or_nothing(
    rini: User, result: str, purpose: str, state: NumberIs
) -> None:
    called(rini, result, purpose=purpose)
    assert state_of(NUMBER, WHO) == state
    assert state_of(OTHER, WHO) == NumberIs.VALID
    assert NumberState.objects.count() == (state != NumberIs.VALID)


def test_a_wrong_number_is_wrong_for_good_and_for_this_person_alone(rini: User) -> None:
    called(rini, Result.CONNECTED, 0)
    called(rini, Result.WRONG_NUMBER, -5)  # told of late
    called(rini, Result.CONNECTED, 10)
    assert (state_of(NUMBER, WHO), state_of(NUMBER, ELSE), state_of(NUMBER, "")) == ("WRONG", "VALID", "VALID")


def test_a_dead_number_is_dead_for_whoever_has_it(rini: User) -> None:
    called(rini, Result.INVALID)
    assert (state_of(NUMBER, WHO), state_of(NUMBER, ELSE), state_of(NUMBER, "")) == ("DEAD", "DEAD", "DEAD")
    called(rini, Result.CONNECTED, 5, person=ELSE)
    assert (state_of(NUMBER, WHO), state_of(NUMBER, ELSE)) == ("DEAD", "VERIFIED")
    called(rini, Result.CONNECTED, 6, by=By.INBOUND)  # they called us from it
    assert state_of(NUMBER, WHO) == "VERIFIED"


def test_a_number_called_for_nobody_known_may_be_dead_and_nothing_else(rini: User) -> None:
    for result in (Result.WRONG_NUMBER, Result.CONNECTED):
        called(rini, result, person="")
    assert not NumberState.objects.exists()
    called(rini, Result.FAX, person="")
    assert state_of(NUMBER, WHO) == "DEAD"


def test_what_was_learned_later_holds_whenever_it_is_told(rini: User) -> None:
    called(rini, Result.INVALID, 10)
    called(rini, Result.CONNECTED, 5)
    assert state_of(NUMBER, WHO) == "DEAD"


@given(st.lists(st.tuples(st.sampled_from(Result.values), st.sampled_from([WHO, ELSE]), st.integers(0, 9)), max_size=8))
def test_the_database_learns_what_the_text_says(taught: list[tuple[str, str, int]]) -> None:
    with transaction.atomic():
        agent = User.objects.create(username="ditulis")
        for result, person, minutes in taught:
            called(agent, result, minutes, person=person)
        for person in (WHO, ELSE):
            assert state_of(NUMBER, person) == _told(taught, person)
        transaction.set_rollback(True)


def _told(taught: list[tuple[str, str, int]], person: str) -> str:
    """By the text: WRONG for good, else what is newest of the person's, else DEAD where anybody's newest is."""
    state = {"INVALID": "DEAD", "FAX": "DEAD", "CONNECTED": "VERIFIED"}
    newest = {}
    for who in (WHO, ELSE):
        if any(one[:2] == ("WRONG_NUMBER", who) for one in taught):
            newest[who] = "WRONG"
        elif mine := [
            (one[2], place, state[one[0]]) for place, one in enumerate(taught) if one[1] == who and one[0] in state
        ]:
            newest[who] = max(mine)[2]
    return newest.get(person) or ("DEAD" if "DEAD" in newest.values() else "VALID")


# --- which one next --------------------------------------------------------------------------------------------------
def test_the_best_live_number_comes_first(rini: User) -> None:
    phones = ["0812-0000-1187", OTHER, "", "+62 813 0000 2222"]
    assert next_number(phones, WHO) == NUMBER
    called(rini, Result.CONNECTED, number=THIRD)
    assert next_number(phones, WHO) == THIRD
    called(rini, Result.WRONG_NUMBER, number=THIRD)
    assert next_number(phones, WHO) == NUMBER
    called(rini, Result.INVALID, number=NUMBER)
    called(rini, Result.FAX, number=OTHER)
    assert (next_number(phones, WHO), next_number(phones, ELSE), next_number([], WHO)) == ("", THIRD, "")


@given(
    st.permutations([NUMBER, OTHER, THIRD]),
    st.dictionaries(st.sampled_from([NUMBER, OTHER, THIRD]), st.sampled_from(NumberIs.values)),
)
def test_no_bad_number_is_ever_the_best(phones: list[str], known: dict[str, str]) -> None:
    best = best_of(phones, known)
    live = [one for one in phones if known.get(one, "VALID") in {"VERIFIED", "VALID"}]
    assert (best in live) if live else best == ""
    if any(known.get(one) == "VERIFIED" for one in live):
        assert known[best] == "VERIFIED"


def test_many_numbers_are_one_question(rini: User, django_assert_num_queries: Any) -> None:
    called(rini, Result.INVALID)
    with django_assert_num_queries(1):
        assert states_of([NUMBER, OTHER], WHO) == {NUMBER: "DEAD", OTHER: "VALID"}


@pytest.mark.parametrize("wrong", [{"state": "VALID"}, {"state": "GONE"}, {}])
def test_the_database_refuses_a_senseless_state(wrong: dict[str, str]) -> None:
    NumberState.objects.create(person=WHO, number=NUMBER, state=NumberIs.DEAD)
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberState.objects.create(person=WHO, number=NUMBER if not wrong else OTHER, **{"state": "DEAD", **wrong})
