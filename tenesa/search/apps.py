from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "tenesa.search"
    label = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from tenesa.search import palette

        palette.register()
