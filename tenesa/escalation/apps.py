from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EscalationConfig(AppConfig):
    name = "tenesa.escalation"
    verbose_name = _("Escalations")

    def ready(self) -> None:
        from tenesa.accounts import presence
        from tenesa.escalation import measures, menu, results, search, services
        from tenesa.escalation.states import CLOCKS, DEFAULTS
        from tenesa.timers import targets

        results.register()
        menu.register()
        search.register()
        measures.register()
        targets.register("escalation.escalation", DEFAULTS, CLOCKS)
        presence.leaving.append(services.decider_left)
