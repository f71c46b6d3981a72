from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SegmentationConfig(AppConfig):
    name = "segmentation"
    verbose_name = _("Customers and segments")

    def ready(self) -> None:
        from segmentation import pages, records, shown
        from segmentation.customers import Customer
        from segmentation.special_list import cross_desk
        from segmentation.special_list.desk import ListDesk
        from segmentation.special_list.states import CLOCKS, DEFAULTS
        from tenesa.timers import targets
        from tenesa.workspace import customers, desk, timeline

        customers.register(shown.shown_as, shown.shown_in_rows)
        timeline.register_row("customer", Customer)
        pages.register()
        targets.register("segmentation.listentry", DEFAULTS, CLOCKS)
        desk.register(ListDesk)
        cross_desk.register()
        records.registered()
