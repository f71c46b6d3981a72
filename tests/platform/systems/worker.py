"""A worker process for the tests that kill it: delivers one call, and stops at the named place until it is killed."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenesa.settings")

import django

django.setup()

from tenesa.systems import operation, outbox, registry  # noqa: E402 - the application must be set up first
from tenesa.systems.models import ExternalCall  # noqa: E402
from tickets.models import EmailCase  # noqa: E402


def stop_here(*_args: Any, **_kwargs: Any) -> Any:
    print("here", flush=True)
    time.sleep(60)


place, pk = sys.argv[1:]
match place:
    case "before the call":
        operation.OPERATIONS["mycx", "create_ticket"] = stop_here
    case "after the call":
        outbox._record = stop_here
    case "before the handler":
        outbox.apply = stop_here
    case "in the handler":

        def write_and_stop(call: ExternalCall) -> None:
            EmailCase.objects.filter(pk=call.case_id).update(subject="setengah jadi")
            stop_here()

        registry.register_results("tickets.emailcase", write_and_stop)
outbox.deliver(pk)
