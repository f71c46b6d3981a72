"""The activity matrix of P-05 7, in our own words. Row 8 is split by a page break there and joined again (AMB-07)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenesa.reporting.registry import Activity

AGENT = _("E-mail agent")
ANYBODY = _("E-mail agent, team leader or supervisor")

ACTIVITIES = (
    Activity(
        "7.1", _("Receive the mail and work out what the customer says"), AGENT,
        _("Complaint or question, understood"), _("Know what is needed"),
        _("The customer's need is recorded"),
    ),
    Activity(
        "7.2", _("Attend to the complaint"), AGENT,
        _("The complaint with its facts"), _("Know what the customer suffers from"),
        _("The notes match the complaint"),
    ),
    Activity(
        "7.3", _("Give the information that is needed"), AGENT,
        _("Information"), _("Meet the customer's need"),
        _("The information fits Telkom's product"),
    ),
    Activity(
        "7.4", _("Work on the complaint"), AGENT,
        _("A solution"), _("Find what solves the complaint"),
        _("The solution fits Telkom's product"),
    ),
    Activity(
        "7.5", _("Solve the customer's need"), AGENT,
        _("The problem solved"), _("Deal with the complaint"),
        _("Solved there and then"),
    ),
    Activity(
        "7.6", _("Stay with a complaint that takes longer"), AGENT,
        _("The problem solved"), _("Follow the complaint closely"),
        _("Information and solution while it is handled"),
    ),
    Activity(
        "7.7", _("Co-ordinate with the unit in charge"), AGENT,
        _("A solution from the applications or the unit"), _("Deal with the complaint together"),
        _("Solved together with the back end"),
    ),
    Activity(
        "7.8", _("Escalate to the team leader"), AGENT,
        _("A solution"), _("Get the complaint solved sooner"),
        _("Handled within its due time"),
    ),
    Activity(
        "7.9", _("Tell the customer how it stands"), ANYBODY,
        _("An update"), _("Let the customer know the present state"),
        _("Updates are exact and regular"),
    ),
    Activity(
        "7.10", _("Tell the result of the repair"), ANYBODY,
        _("A solution"), _("Fulfil the customer's wish"),
        _("The solution is told: cause and repair"),
    ),
    Activity(
        "7.11", _("Give the information that the customer wants"), AGENT,
        _("The information wanted"), _("Fulfil the customer's wish"),
        _("The information is what was wanted"),
    ),
    Activity(
        "7.12", _("Close"), AGENT,
        _("A closing"), _("Leave the customer satisfied"),
        _("Closed to the standard"),
    ),
)  # fmt: skip
