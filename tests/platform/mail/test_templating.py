from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from tenesa.mail import templating
from tenesa.mail.models import MailTemplate

pytestmark = pytest.mark.django_db

NAMES = {
    "ask_again",
    *("ack_received", "ask_reference", "remind_reference", "close_no_reference", "edu_forward_dcs", "info_answer"),
    *(
        "edu_forward_dbs_request",
        "forward_unit",
        "request_receipt",
        "request_result",
        "service_normal",
        "ticket_opened",
    ),
    *("ticket_existing", "ticket_delayed", "progress_update", "recovered_cause", "closing", "reply", "too_large"),
    *("pend_notice", "pend_agreed", "pend_unreached", "pend_refused", "pend_done", "pend_resumed"),
    "callback_unreached",
    "promise_reminder",
}


def test_every_mail_of_the_procedure_is_there():
    assert set(templating.names()) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_mail_greets_and_closes(name):
    values = {placeholder: f"«{placeholder}»" for placeholder in templating.placeholders(name)} | {"signature": ""}
    mail = templating.render(name, values)

    assert mail.subject
    assert "{" not in mail.text
    assert "«agent»" in mail.text.splitlines()[-2]
    assert "«desk»" in mail.text.splitlines()[-1]
    assert mail.text.startswith(("«greeting» «customer»,", "Yth. Rekan"))
    assert mail.version == 0


def test_it_refuses_a_mail_with_a_missing_value():
    with pytest.raises(templating.MissingPlaceholder, match="incident"):
        templating.render("ticket_opened", dict.fromkeys(templating.COMMON, "-"))


def test_values_are_never_read_as_templates():
    values = dict.fromkeys(templating.COMMON, "-") | {"body": "{agent} {{ x }} {% now %}", "subject": "a\r\nBcc: b"}
    mail = templating.render("reply", values)

    assert "{agent} {{ x }} {% now %}" in mail.text
    assert mail.subject == "Re: a Bcc: b"


def test_html_is_escaped():
    values = dict.fromkeys(templating.COMMON, "-") | {"body": "<script>alert(1)</script>\nbaris dua"}

    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>" in templating.render("reply", values).html


def test_an_empty_value_leaves_no_gap():
    values = dict.fromkeys(templating.placeholders("info_answer"), "x") | {"related_product": ""}

    assert "\n\n\n" not in templating.render("info_answer", values).text


def test_the_newest_version_of_a_person_wins():
    person = get_user_model().objects.create(username="sari")
    for version in (1, 2):
        MailTemplate.objects.create(
            name="reply", version=version, subject=f"v{version}", body="{body}", created_by=person
        )
    mail = templating.render("reply", {"body": "Halo"})

    assert (mail.subject, mail.text, mail.version) == ("v2", "Halo\n", 2)
