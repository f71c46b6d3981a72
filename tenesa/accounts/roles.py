"""The roles that a step may name (P-05 4, X-01)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    AGENT_EMAIL = "agent_email", _("E-mail agent")
    AGENT_147 = "agent_147", _("Agent 147")
    AGENT_TIER2 = "agent_tier2", _("Agent Tier 2 Outbound")
    AGENT_CARING = "agent_caring", _("Caring agent")
    QCO = "qco", _("Quality control officer")
    TEAM_LEADER = "team_leader", _("Team leader")
    SUPERVISOR = "supervisor", _("Supervisor")
    MANAGER = "manager", _("Operations manager")
    ADMIN = "admin", _("Administrator")
    DOC_CONTROL = "doc_control", _("Document control")
    TELKOM_UNIT = "telkom_unit", _("Unit of Telkom")
    API_CLIENT = "api_client", _("API client")
    SYSTEM = "system", _("System")


OUTSIDE = frozenset({Role.TELKOM_UNIT})  # people of another house: no desk's work is theirs to see
# They keep the house and its papers in order, and read no customer's words for it.
WITHOUT_CUSTOMERS = frozenset({Role.ADMIN, Role.DOC_CONTROL})
AGENTS = frozenset({Role.AGENT_EMAIL, Role.AGENT_147, Role.AGENT_TIER2, Role.AGENT_CARING})  # they work with customers
LEADERS = frozenset({Role.TEAM_LEADER, Role.SUPERVISOR, Role.MANAGER})  # they decide; on duty, or not
CONFIRM_THE_LIST = AGENTS | {Role.QCO, Role.TEAM_LEADER}  # W-05 1.1, before auto-in
HUMAN_ROLES = [role for role in Role if role is not Role.SYSTEM]
