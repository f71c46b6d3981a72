"""A person's own settings: password, language, signature, appearance, keys, and the hints of the first days."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tenesa.accounts.models import User
from tenesa.accounts.roles import Role
from tenesa.mail.models import OutboundMail
from tenesa.ui.hints import TOURS
from tenesa.workflow.perform import perform
from tests import factories
from tickets.states import State

pytestmark = pytest.mark.django_db
OLD, NEW = "rahasia-sekali", "Kopi-tubruk-dua"
CHOSEN = {"language": "id", "theme": "system", "single_keys": "on", "signature": ""}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_new_password_ends_every_other_session_and_is_in_the_accounts_history(rini: User) -> None:
    here, elsewhere = signed_in(rini), signed_in(rini)
    typed = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    weak = here.post(reverse("own-password"), typed | {"new_password1": "rini", "new_password2": "rini"})
    assert (weak.status_code, elsewhere.get(reverse("own")).status_code) == (422, 200)
    assert not LogEntry.objects.exists()
    assert here.post(reverse("own-password"), typed)["Location"] == reverse("own")
    assert here.get(reverse("own")).status_code == 200
    assert elsewhere.get(reverse("own")).status_code == 302
    assert User.objects.get(pk=rini.pk).check_password(NEW)
    entry = LogEntry.objects.get(user=rini, object_id=str(rini.pk))
    assert "password" in entry.change_message
    assert NEW not in entry.change_message


def test_who_guesses_the_old_password_in_an_open_session_is_blocked_like_at_the_sign_in(rini: User) -> None:
    client = signed_in(rini)
    typed = {"old_password": "tebakan", "new_password1": NEW, "new_password2": NEW}
    answers = [client.post(reverse("own-password"), typed) for _number in range(5)]
    assert [one.status_code for one in answers] == [422] * 5
    assert "Coba lagi dalam 15 menit" in answers[-1].content.decode()
    assert client.post(reverse("own-password"), typed | {"old_password": OLD}).status_code == 422
    assert User.objects.get(pk=rini.pk).check_password(OLD)


def test_choices_hold_at_once_and_in_every_other_browser(rini: User) -> None:
    chosen = CHOSEN | {"language": "en", "theme": "dark", "compact": "on"}
    del chosen["single_keys"]
    page = signed_in(rini).post(reverse("own"), chosen, follow=True).content.decode()
    assert "My settings" in page
    other = Client(headers={"accept-language": "id"})
    assert "Pengaturan saya" not in other.get(reverse("login")).content.decode()
    other.force_login(rini)
    frame = other.get(reverse("cases:list")).content.decode()
    head = frame.partition("<head>")[0]
    assert all(part in head for part in ('lang="en"', 'data-theme="dark"', 'data-density="compact"', 'data-keys="off"'))
    other.post(reverse("set_language"), {"language": "id"})
    other.post(reverse("own-appearance"), {"theme": "system"})
    head = signed_in(rini).get(reverse("own")).content.decode().partition("<head>")[0]
    assert 'lang="id"' in head
    assert "data-theme" not in head


@pytest.mark.parametrize(
    "wrong", [{"language": "xx"}, {"theme": "pink"}, {"signature": "a\nb\nc\nd\ne"}, {"signature": "x" * 301}]
)
def test_a_refused_choice_changes_nothing(rini: User, wrong: dict[str, str]) -> None:
    client = signed_in(rini)
    assert client.post(reverse("own"), CHOSEN | {"theme": "dark"} | wrong).status_code == 422
    assert client.post(reverse("own-appearance"), {"theme": "pink"}).status_code == 400
    kept = User.objects.get(pk=rini.pk)
    assert (kept.language, kept.theme, kept.signature) == ("", "", "")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(tour_hint=8)


def test_a_signature_stands_below_the_name_in_mails_to_customers_and_nowhere_is_it_more_than_text(rini: User) -> None:
    client = signed_in(rini)
    shown = client.post(reverse("own-signature"), {"signature": "<b>Tim</b> {body}"}).content.decode()
    assert "Rini\n&lt;b&gt;Tim&lt;/b&gt; {body}\nTENESA" in shown
    client.post(reverse("own"), CHOSEN | {"signature": "  Agen   Layanan \r\n\r\n <i>ext. 1203</i> "})
    case = factories.put(factories.opened(), State.SEGMENT_CHECKED, owner=rini, segment="DES")
    perform(case, "write", actor=User.objects.get(pk=rini.pk), message="Kami periksa.")
    mail = OutboundMail.objects.get()
    assert "Salam hormat,\nRini\nAgen Layanan\n<i>ext. 1203</i>\nTENESA" in mail.text
    assert "&lt;i&gt;ext. 1203" in mail.html
    assert LogEntry.objects.get(user=rini).change_message == '[{"changed": {"fields": ["signature"]}}]'


def test_seven_hints_by_role_end_for_ever_and_come_again_when_asked(rini: User, bowo: User) -> None:
    User.objects.update(tour_hint=0)
    client, page = signed_in(rini), reverse("cases:list")
    seen = []
    for hint in range(1, 8):
        frame = client.get(page).content.decode()
        assert f"{hint}/7" in frame
        seen.append(client.post(reverse("own-tour"), {"hint": str(hint)}, headers=here(page)))
    assert all(answer.status_code == 200 for answer in seen)
    assert "/7</span>" not in client.get(page).content.decode()
    assert "/7</span>" not in signed_in(rini).get(page).content.decode()
    back = client.post(reverse("own-tour"), {"hint": "0", "next": "//evil.example/"})
    assert back["Location"] == reverse("home")
    assert "urgensi" in client.get(page).content.decode()
    assert "urgensi" not in signed_in(bowo).get(page).content.decode()
    for wrong in ("8", "-1", "x", ""):
        assert client.post(reverse("own-tour"), {"hint": wrong}).status_code == 400
    assert all(len(hints) == User.TOUR for _roles, hints in TOURS)


def here(page: str) -> dict[str, str]:
    """As htmx asks from a page."""
    return {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}


def test_a_hint_stands_on_the_page_of_which_it_speaks_and_on_no_other(rini: User, bowo: User) -> None:
    User.objects.update(tour_hint=0)
    case = factories.opened()
    for person, begins in ((rini, reverse("cases:list")), (bowo, reverse("board"))):
        client = signed_in(person)
        for page in (begins, reverse("own"), reverse("outbox"), reverse("approvals:list")):
            assert ("/7</span>" in client.get(page).content.decode()) is (page == begins), page
        again = client.post(reverse("own-tour"), {"hint": "0"}, headers=here(reverse("own")))
        assert (again.status_code, again["HX-Redirect"]) == (204, begins)
        assert client.post(reverse("own-tour"), {"hint": "1"}, headers=here(begins)).status_code == 200
    assert "/7</span>" in signed_in(rini).get(case.get_absolute_url()).content.decode()
    assert "/7</span>" not in signed_in(bowo).get(case.get_absolute_url()).content.decode()
    ended = signed_in(rini).post(reverse("own-tour"), {"hint": "7"}, headers=here(reverse("own")))
    assert ended.status_code == 200
    assert "/7</span>" not in signed_in(rini).get(reverse("cases:list")).content.decode()


def test_somebody_of_another_house_has_their_password_and_no_tour() -> None:
    unit = factories.person("unit", Role.TELKOM_UNIT, ready=False)
    page = signed_in(unit).get(reverse("own"))
    assert page.status_code == 200
    assert "/7</span>" not in page.content.decode()
