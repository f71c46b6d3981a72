from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkspaceConfig(AppConfig):
    name = "tenesa.workspace"
    verbose_name = _("Workspace")

    def ready(self) -> None:
        from tenesa.ui.board import board_sources
        from tenesa.ui.menu import menu_sources
        from tenesa.workspace import stuck, tools

        menu_sources.append(stuck.menu)
        menu_sources.append(tools.menu)
        board_sources.append(stuck.cards)
