from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("E-mail cases")

    def ready(self) -> None:
        from tenesa.accounts import presence
        from tickets import menu, results, services

        results.register()
        menu.register()
        presence.leaving.append(services.give_back)
