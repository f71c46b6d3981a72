from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EscalationConfig(AppConfig):
    name = "tenesa.escalation"
    verbose_name = _("Escalations")

    def ready(self) -> None:
        from tenesa.accounts import presence
        from tenesa.escalation import board, measures, people, results, search, services
        from tenesa.escalation.clocks import PROCEDURE
        from tenesa.escalation.desk import EscalationDesk, asked_about
        from tenesa.escalation.services import ESCALATIONS
        from tenesa.escalation.states import CLOCKS, DEFAULTS
        from tenesa.timers import targets
        from tenesa.ui.board import board_sources
        from tenesa.workspace import desk, side_panels

        results.register()
        desk.register(EscalationDesk)
        side_panels.register(asked_about, ESCALATIONS)
        board_sources.append(board.cards)
        search.register()
        measures.register()
        targets.register(PROCEDURE, DEFAULTS, CLOCKS)
        presence.leaving.append(services.decider_left)
        presence.changed.append(people.forget)
        presence.changed.append(services.decider_came)
