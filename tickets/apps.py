from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("E-mail cases")

    def ready(self) -> None:
        from segmentation.segments import Segment
        from tenesa.accounts import presence
        from tenesa.timers import targets
        from tickets import clocks, escalations, measures, menu, results, services

        measures.register()
        results.register()
        escalations.register()
        targets.register("tickets.emailcase", clocks.DEFAULTS, clocks.WORDS, filter(None, Segment.values))
        menu.register()
        presence.leaving.append(services.give_back)
