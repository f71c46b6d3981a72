"""A worker process for the tests that kill it: does one thing, slowly, and says when it is in the middle."""

from __future__ import annotations

import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenesa.settings")

import django

django.setup()

from tenesa.mail import intake, outbox, registry  # noqa: E402 - the application must be set up first
from tests.platform.mail.conftest import PROCEDURE, event  # noqa: E402


def slow_receive(mail, parsed, match):
    event(mail.pk, "receive")
    print("receiving", flush=True)
    time.sleep(60)


registry.register(PROCEDURE, receive=slow_receive)
what, pk = sys.argv[1:]
if what == "file":
    intake.file_mail(int(pk))
else:
    print(outbox.deliver(pk), flush=True)
