from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PendingConfig(AppConfig):
    name = "pending"
    verbose_name = _("Ticket pending")

    def ready(self) -> None:
        from pending import api, cross_desk, escalations, measures, menu, panel, reasons, results, search, services
        from pending.states import CLOCKS, DEFAULTS
        from tenesa.accounts import presence
        from tenesa.incidents import feed
        from tenesa.timers import targets, telling
        from tenesa.ui import outside
        from tenesa.workspace import side_panels

        measures.register()
        results.register()
        targets.register("pending.pendingrequest", DEFAULTS, CLOCKS)
        presence.leaving.append(services.give_back)
        post_migrate.connect(reasons.seed, sender=self)
        menu.register()
        search.register()
        escalations.register()
        outside.doors.update(("pends", "pend", "pend-ask", "pend-step", *api.ADDRESSES))
        telling.listeners.append(menu.told)
        side_panels.register(panel.beside)
        cross_desk.register()
        feed.register(services.incident_changed)
