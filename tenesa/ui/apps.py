from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "tenesa.ui"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from tenesa.accounts import presence
        from tenesa.mail import registry
        from tenesa.systems import breaker
        from tenesa.ui import board
        from tenesa.ui.live import publish, tell
        from tenesa.ui.menu import command_sources, menu_sources
        from tenesa.ui.views import own_commands
        from tenesa.workflow.perform import listeners

        listeners.append(publish)
        presence.changed.append(lambda user: tell("people", str(user.pk)))
        registry.ended_without_case.append(lambda: tell("board"))
        breaker.changed.append(lambda: tell("board"))
        command_sources.append(own_commands)
        menu_sources.append(board.menu)
