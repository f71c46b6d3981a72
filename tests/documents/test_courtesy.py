"""P-05 5.1, 7.12, X-07: greeting by the hour, versions that explain themselves, and what was sent by which version."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail import placeholders, salutation, templating
from tenesa.mail.models import MailTemplate, OutboundMail
from tenesa.workflow.perform import perform
from tests import factories
from tests.ui.test_frame import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("hour", "words"),
    [(3, "malam"), (4, "pagi"), (10, "pagi"), (11, "siang"), (15, "sore"), (17, "sore"), (18, "malam"), (23, "malam")],
)
def test_it_greets_by_the_hour_in_jakarta(hour: int, words: str) -> None:
    moment = datetime(2026, 11, 21, hour, 59, tzinfo=timezone.get_default_timezone())
    assert salutation.greeting(moment) == f"Selamat {words}"


@pytest.fixture
def chief(db: None) -> User:
    user = factories.person("chief", Role.ADMIN)
    user.is_staff = user.is_superuser = True
    user.save()
    return user


def test_a_version_shows_who_changed_what_and_how_it_will_read(chief: User) -> None:
    client = signed_in(chief)
    body = templating.shipped("closing").body.replace("lancar selalu", "lancar dan sukses")
    given = {"name": "closing", "subject": "Re: {subject}", "body": body, "note": "penutup baru"}
    assert client.post(reverse("admin:mail_mailtemplate_add"), given).status_code == 302
    version = MailTemplate.objects.get()
    assert (version.version, version.created_by) == (1, chief)
    assert (
        "+Terima kasih telah menghubungi kami. Semoga kegiatan Bapak/Ibu lancar dan sukses."
        in placeholders.difference(version)
    )
    assert "Bapak/Ibu Bonar Nababan" in placeholders.preview(version)
    assert "{" not in placeholders.preview(version)
    page = client.get(reverse("admin:mail_mailtemplate_change", args=[version.pk])).content.decode()
    assert "penutup baru" in page
    assert "{greeting}" in page
    assert "lancar selalu" in page  # the line that was taken away
    assert client.post(reverse("admin:mail_mailtemplate_change", args=[version.pk]), given).status_code == 403


@pytest.mark.parametrize("name", templating.names())
def test_every_mail_greets_and_closes_by_its_template(name: str) -> None:
    used = templating.placeholders(name)
    assert {"greeting", "desk"} <= used or name in {"forward_unit", "reply", "too_large"}


def test_the_case_tells_which_version_was_sent(rini: User, chief: User) -> None:
    text = templating.shipped("reply")
    MailTemplate.objects.create(name="reply", version=3, subject=text.subject, body=text.body, created_by=chief)
    case = perform(factories.opened(), "take", actor=rini)
    perform(case, "write", actor=rini, data={"message": "Sedang kami periksa."})
    assert OutboundMail.objects.get(template="reply").template_version == 3
    page = signed_in(rini).get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "“Jawaban bebas” v3" in " ".join(page.split())
