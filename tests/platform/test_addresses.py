"""Addresses and the REST document of the version before are still served: bookmarks and units' systems know them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tenesa.accounts.models import User
from tests import factories
from tests.pending.desk import asked
from tests.platform.test_escalation import escalated
from tests.ui.test_frame import signed_in

BEFORE = Path(__file__).with_name("openapi_before.json")
Essence = dict[str, dict[str, list[str]]]
# As they were before one workspace served every desk; {mail} {hold} {decision} stand for numbers.
GET = """
/cases/ /cases/?view=queue /cases/?view=mine /cases/?view=closed /cases/{mail}/ /cases/{mail}/part/head/
/cases/{mail}/part/timeline/ /cases/{mail}/part/procedure/ /cases/{mail}/compose/note/ /cases/{mail}/snippets/
/cases/bulk/?case={mail} /procedures/w-05/ /outbox/ /pending/
/pending/?view=hold /pending/?view=all /pending/today/ /pending/new/ /pending/{hold}/ /approvals/
/approvals/?view=asked /approvals/{decision}/ /board/ /palette/ /reports/ /search/?q=mati /nav/
"""
POST = """
/cases/next/ /cases/{mail}/steps/note/ /cases/{mail}/compose/ /cases/{mail}/draft/note/ /cases/{mail}/preview/note/
/cases/{mail}/here/ /pending/{hold}/steps/pick_up/ /approvals/{decision}/steps/note/ /approvals/{decision}/steps/remind/
"""


def essence(document: dict[str, Any]) -> Essence:
    """What a caller relies on: of each method of a path the parameters, and the fields of its answer and its inputs."""
    schemas = document["components"]["schemas"]
    found: Essence = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            answer = told["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            found[f"{method.upper()} {path}"] = {
                "parameters": sorted(f"{one['in']}:{one['name']}" for one in told.get("parameters", ())),
                "answer": sorted(set(_fields(answer, schemas))),
                "inputs": sorted(set(_fields(body, schemas))),
            }
    return found


def _fields(schema: dict[str, Any], schemas: dict[str, Any], before: str = "") -> Iterator[str]:
    if "$ref" in schema:
        yield from _fields(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, before)
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ())):
        yield from _fields(part, schemas, before)
    if "items" in schema:
        yield from _fields(schema["items"], schemas, before)
    for name, inner in schema.get("properties", {}).items():
        yield f"{before}{name}"
        yield from _fields(inner, schemas, f"{before}{name}.")


def test_the_rest_document_has_everything_that_it_had(tmp_path: Path) -> None:
    call_command("spectacular", "--format", "openapi-json", "--file", str(tmp_path / "now.json"))
    now = essence(json.loads((tmp_path / "now.json").read_text()))
    before: Essence = json.loads(BEFORE.read_text())
    assert len(before) == 17
    lost = {
        f"{operation} {kind} {name}"
        for operation, kinds in before.items()
        for kind, names in kinds.items()
        for name in {*names} - {*now.get(operation, {}).get(kind, [])}
    }
    assert lost == set()
    assert set(before) <= set(now)


@pytest.fixture
def numbers(rini: User, bowo: User) -> dict[str, int]:
    decision = escalated(rini)
    return {"mail": factories.opened().pk, "hold": asked(bowo).pk, "decision": decision.pk}


def test_every_page_is_where_it_was(numbers: dict[str, int], bowo: User) -> None:
    browser = signed_in(bowo)
    told = {address: browser.get(address.format(**numbers)).status_code for address in GET.split()}
    assert {address: status for address, status in told.items() if status not in {200, 302}} == {}


def test_every_form_is_sent_where_it_was(numbers: dict[str, int], bowo: User) -> None:
    """The address is there and wants a form; what is refused is refused in words."""
    browser, given = signed_in(bowo), {"text": "Catatan.", "step": "note"}
    for address in POST.split():
        filled = address.format(**numbers)
        assert browser.get(filled).status_code == 405, address
        assert browser.post(filled, given).status_code in {200, 204, 302, 409}, address
