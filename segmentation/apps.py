from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SegmentationConfig(AppConfig):
    name = "segmentation"
    verbose_name = _("Customers and segments")

    def ready(self) -> None:
        from segmentation import pages
        from tenesa.ui.menu import command_sources
        from tenesa.workspace import customers

        customers.register(pages.shown_as)
        command_sources.append(pages.commands)
