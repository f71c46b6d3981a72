from __future__ import annotations

from uuid import uuid4

import pytest

from tenesa.mail import token
from tests.platform.mail.conftest import PROCEDURE
from tests.platform.mail.letters import letter
from tests.platform.mail.test_filing import filed

pytestmark = pytest.mark.django_db(transaction=True)


def test_our_message_id_names_its_case(procedure):
    made = token.new_message_id(PROCEDURE, 17, "telkom.example", uuid4())

    assert token.case_of(made) == (PROCEDURE, 17)
    assert token.case_of(made.upper()) == (PROCEDURE, 17)


@pytest.mark.parametrize("change", ["tests.lettercase.18.", "lain.17.", "x.tests.lettercase.17."])
def test_a_changed_message_id_names_none(procedure, change):
    made = token.new_message_id(PROCEDURE, 17, "telkom.example", uuid4())

    assert token.case_of(made.replace("tests.lettercase.17.", change)) is None


@pytest.mark.parametrize(
    "message_id", ["", "@", "a@b", "..@", "a.9999999999999999999999.c.d@e", "tests.lettercase.١٧.a.b@c"]
)
def test_odd_message_ids_name_none(procedure, message_id):
    assert token.case_of(message_id) is None


def test_an_answer_to_a_known_mail_joins_its_case(mailbox, procedure):
    first = filed(mailbox, letter())
    answer = filed(mailbox, letter(subject="hal lain", extra=f"References: <x@y> <{first.message_id}>"))

    assert (answer.case_id, answer.filed_by) == (first.case_id, "References")
    assert procedure.received == [(first.pk, "new"), (first.pk, "References")]


def test_the_same_subject_alone_joins_nothing(mailbox, procedure):
    filed(mailbox, letter(subject="Gangguan"))
    filed(mailbox, letter(subject="Re: Gangguan"))

    assert procedure.opened() == 2


def test_a_number_in_the_subject_counts_from_somebody_of_the_case(mailbox, procedure):
    first = filed(mailbox, letter())
    procedure.numbers["IN10482219"] = first.pk

    mine = filed(mailbox, letter(subject="Mohon update IN10482219"))
    stranger = filed(mailbox, letter(subject="Mohon update IN10482219", sender="orang@lain.example"))

    assert (mine.case_id, mine.filed_by) == (first.pk, "number in the subject")
    assert stranger.case_id == stranger.pk


def test_a_chain_of_another_mailbox_joins_nothing(mailbox, procedure):
    first = filed(mailbox, letter())
    other = type(mailbox).objects.get(pk=mailbox.pk)
    other.pk, other.address = None, "lain@telkom.example"
    other.save()

    answer = filed(other, letter(extra=f"In-Reply-To: <{first.message_id}>"))

    assert answer.case_id == answer.pk
