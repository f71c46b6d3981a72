"""The procedure as a document, written from the code: what `manage.py sop` puts under docs/sop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import override

from tenesa.accounts.roles import Role
from tenesa.workflow.case import Case
from tenesa.workflow.chart import mermaid
from tenesa.workflow.step import START, Step, steps_of

WRITTEN = "Written from the steps in `{app}` by `manage.py sop`; `lokal` marks what the document does not say."
COLUMNS = ("Clause", "Step", "By", "From", "To", "Asks", "Only if", "Sets going", "Activity", "Rows")


def document(procedure: type[Case]) -> str:
    """Markdown: a row a step in the document's order, then the state chart."""
    with override("en"):
        return "\n".join(
            [
                f"# {procedure.document} rev {procedure.revision}: {procedure._meta.verbose_name}",
                "",
                WRITTEN.format(app=procedure._meta.app_config.name.replace(".", "/")),
                "",
                _line(COLUMNS),
                _line(["---"] * len(COLUMNS)),
                *[_line(_row(step, _all_states(procedure))) for step in steps_of(procedure).values()],
                "",
                "```mermaid",
                mermaid(procedure),
                "```",
                "",
            ]
        )


def _all_states(procedure: type[Case]) -> list[str]:
    choices: Any = procedure._meta.get_field("state").choices  # type: ignore[misc]
    return [value for value, _label in choices]


def _row(step: Step, every: Sequence[str]) -> list[str]:
    return [
        step.clause,
        f"{step.label}<br>`{step.name}`",
        ", ".join(role.value for role in Role if role in step.roles),
        _states(step.source, every),
        _states(step.target, every) or "stays",
        ", ".join(step.form.base_fields) if step.form else "",
        "; ".join(str(guard.label) for guard in step.guards),
        "; ".join([*(str(effect.label) for effect in step.effects), *(f"then `{name}`" for name in step.then)]),
        ", ".join(step.activities),
        " ".join(step.requirements),
    ]


def _states(states: Sequence[str], every: Sequence[str]) -> str:
    others = [state for state in every if state not in states]
    if len(others) < len(states) and len(states) > 1:
        return f"all but {', '.join(others)}" if others else "all"
    return ", ".join(state if state != START else "—" for state in states)


def _line(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
