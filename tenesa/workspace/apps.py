from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkspaceConfig(AppConfig):
    name = "tenesa.workspace"
    verbose_name = _("Workspace")

    def ready(self) -> None:
        from tenesa.accounts import presence
        from tenesa.mail import registry
        from tenesa.search import registry as search
        from tenesa.timers import alerts
        from tenesa.ui import hub, incoming
        from tenesa.ui.board import board_sources
        from tenesa.ui.menu import command_sources, menu_sources
        from tenesa.workflow import perform
        from tenesa.workspace import (
            alarms,
            auto_in,
            board,
            contacts,
            desk,
            left_behind,
            menu,
            notice_mail,
            notified,
            pages,
            reports,
            stuck,
            tag_pages,
            tags,
            tools,
        )

        presence.left.append(left_behind.tell)
        desk.on_register.append(reports.register)
        menu_sources.insert(0, menu.menu)
        command_sources.insert(0, menu.steps)
        command_sources += [menu.maps, contacts.commands, tag_pages.commands]
        alerts.listeners.append(alarms.told)
        perform.beside += [notified.notices_of, auto_in.follow_owner]
        search.register_pieces(tags.pieces)
        registry.on_bounce(notice_mail.NAME, notice_mail.came_back)
        hub.serving.append(auto_in.deliver)
        incoming.register(pages.given_address, auto_in.waits)
        menu_sources += [tools.menu, stuck.menu]
        board_sources += [board.cards, stuck.cards]
