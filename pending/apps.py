from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PendingConfig(AppConfig):
    name = "pending"
    verbose_name = _("Ticket pending")

    def ready(self) -> None:
        from pending import api, cross_desk, escalations, measures, reasons, records, results, search, services
        from pending.desk import PendingDesk
        from pending.states import CLOCKS, DEFAULTS
        from tenesa.accounts import presence
        from tenesa.incidents import feed
        from tenesa.timers import targets
        from tenesa.ui import external_access
        from tenesa.workspace import desk, side_panels

        measures.register()
        results.register()
        targets.register("pending.pendingrequest", DEFAULTS, CLOCKS)
        presence.leaving.append(services.give_back)
        post_migrate.connect(reasons.seed, sender=self)
        desk.register(PendingDesk)
        search.register()
        escalations.register()
        external_access.doors.update(("pend-ask", "pend-check", "mail:case-file"))
        external_access.doors.update(("pending:list", "pending:case", "pending:part", "pending:step"))
        external_access.doors.update(api.ADDRESSES)
        side_panels.register(cross_desk.side_panel)
        cross_desk.register()
        feed.register(services.incident_changed)
        records.registered()
