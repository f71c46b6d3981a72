from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "tests.workspace.sample"
    label = "sample"

    def ready(self) -> None:
        from tenesa.systems import registry
        from tenesa.timers import targets
        from tenesa.workspace import desk
        from tests.workspace.sample.desk import VisitDesk
        from tests.workspace.sample.procedure import heard

        desk.register(VisitDesk)
        registry.register_results("sample.visit", heard)
        targets.register("sample.visit", [targets.Default("unit_answer", 60, 45)], {"unit_answer": "jawaban unit"})
