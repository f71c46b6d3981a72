"""What a machine wrote, or may have written, on a case: no acknowledgement, and a mark on the row and on the mail."""

from __future__ import annotations

import pytest
from django.test import Client

from tenesa.accounts.models import User
from tenesa.mail.models import OutboundMail
from tests import factories
from tests.platform.mail.letters import letter
from tests.platform.mail.test_filing import filed
from tickets.models import EmailCase

NUMBER = "SID 4700112-0045127790"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("subject", "extra", "mark"),
    [
        ("[SD-88123] Link VPN IP cabang Tegal mati", "Auto-Submitted: auto-generated", "Dikirim oleh sistem"),
        ("Balasan otomatis: Link mati", "", "Balasan otomatis?"),
        ("Cuti bersama: mohon jadwal teknisi", "", ""),
        ("Pesan otomatis di modem: LOS merah", "Auto-Submitted: auto-forwarded", ""),
    ],
)
def test_a_case_with_or_without_an_acknowledgement(
    subject: str, extra: str, mark: str, rini: User, client: Client
) -> None:
    box = factories.mailbox(auto_acknowledge=True)
    mail = filed(box, letter(f"{NUMBER} down sejak 21.40. Mohon ditangani.", subject=subject, extra=extra))
    case = EmailCase.objects.get(first_mail=mail)

    assert OutboundMail.objects.filter(case_id=case.pk, automatic=True).exists() == (mark == "")
    client.force_login(rini)
    listed = client.get("/cases/", {"view": "queue"}).content.decode()
    shown = client.get(f"/cases/{case.pk}/").content.decode()
    for other in ("Dikirim oleh sistem", "Balasan otomatis?"):
        assert (f'aria-label="{other}"' in listed, f"{other}</span>" in shown) == (other == mark, other == mark)
