"""The procedure as a document, written from the code: what `manage.py sop` puts under docs/sop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import override

from tenesa.accounts.roles import Role
from tenesa.workflow.case import Case
from tenesa.workflow.chart import mermaid
from tenesa.workflow.step import START, Step, steps_of

COLUMNS = ("Clause", "Step", "By", "From", "To", "Asks", "Only if", "Sets going", "Rows")


def document(procedure: type[Case]) -> str:
    """Markdown: a row a step in the document's order, then the state chart."""
    with override("en"):
        return "\n".join(
            [
                f"# {procedure.document} rev {procedure.revision}",
                "",
                f"Written from `{procedure.__module__.rpartition('.')[0]}/procedure.py` by `manage.py sop`; "
                "`lokal` marks what the document does not say.",
                "",
                _line(COLUMNS),
                _line(["---"] * len(COLUMNS)),
                *[_line(_row(step)) for step in steps_of(procedure).values()],
                "",
                "```mermaid",
                mermaid(procedure),
                "```",
                "",
            ]
        )


def _row(step: Step) -> list[str]:
    return [
        step.clause,
        f"{step.label}<br>`{step.name}`",
        ", ".join(role.value for role in Role if role in step.by),
        _states(step.source),
        _states(step.target) or "stays",
        ", ".join(step.asks.base_fields) if step.asks else "",
        "; ".join(str(guard.label) for guard in step.guards),
        "; ".join([*(str(effect.label) for effect in step.effects), *(f"then `{name}`" for name in step.then)]),
        " ".join(step.rows),
    ]


def _states(states: Sequence[str]) -> str:
    return ", ".join(state if state != START else "—" for state in states)


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
