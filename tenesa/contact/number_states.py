"""What is known of the numbers of a person: verified, dead, somebody else's; and the best one to call (8.1).

The rows are kept by the log itself (`ContactAttempt`): an invalid number or a fax is DEAD, a wrong number is WRONG for
this person for good, and one on which the person was reached for caring is VERIFIED.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from tenesa.contact.kinds import NumberIs
from tenesa.contact.numbers import normal

# Written out: every claim asks it. The person's own row comes last, and goes before what others were told.
_KNOWN = """
    SELECT number, state FROM contact_numberstate
     WHERE number = ANY(%(numbers)s) AND (person = %(person)s OR state = 'DEAD')
     ORDER BY person = %(person)s AND person <> ''"""
# The same of one number, as a part of a larger question.
KNOWN_OF_ONE = """
    SELECT state FROM contact_numberstate
     WHERE number = %(number)s AND (person = %(person)s OR state = 'DEAD')
     ORDER BY person = %(person)s AND person <> '' DESC LIMIT 1"""
LIVE = (NumberIs.VERIFIED, NumberIs.VALID)  # to be called, in this order


def states_of(numbers: Collection[str], person: str) -> dict[str, NumberIs]:
    """What is known of these normal numbers as those of this person, in one query.

    A number that is dead is dead for whoever has it, unless this person was reached on it; one that is somebody else's
    says nothing about another person.
    """
    known = dict.fromkeys(numbers, NumberIs.VALID)
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, {"numbers": list(known), "person": person})
        known.update((number, NumberIs(state)) for number, state in cursor.fetchall())
    return known


def state_of(number: str, person: str) -> NumberIs:
    return states_of([number], person)[number] if number else NumberIs.VALID


def best_of(phones: Sequence[str], known: Mapping[str, str]) -> str:
    """The first verified number, else the first that is not known to be bad; "" where none is left."""
    return next((one for state in LIVE for one in phones if known.get(one, NumberIs.VALID) == state), "")


def next_number(phones: Sequence[str], person: str) -> str:
    """The best live number of this person, in its normal form; "" where none is left."""
    numbers = [number for number in map(normal, phones) if number]
    return best_of(numbers, states_of(numbers, person))
