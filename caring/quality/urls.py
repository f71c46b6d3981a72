"""Addresses of QC's own pages."""

from django.urls import path

from caring.quality import instrument_pages, pages, recordings, validation_pages

app_name = "qc"
urlpatterns = [
    path("", pages.overview, name="overview"),
    path("recordings/<int:pk>/", recordings.recording, name="recording"),
    path("calibration/", pages.calibrations, name="calibrations"),
    path("calibration/<int:pk>/", pages.calibration, name="calibration"),
    path("calibration/<int:pk>/close/", pages.close, name="calibration-close"),
    path("calibration/<int:pk>/rulings/", pages.rule, name="rule"),
    path("calibration/<int:pk>/<int:result_pk>/", pages.score, name="score"),
    path("second-looks/<int:pk>/", pages.look, name="look"),
    path("instruments/", instrument_pages.listed, name="instruments"),
    path("instruments/draft/<str:kind>/", instrument_pages.write, name="instrument-draft"),
    path("instruments/<int:pk>/", instrument_pages.version, name="instrument"),
    path("instruments/<int:pk>/decide/", instrument_pages.decide, name="instrument-decide"),
    path("validation/", validation_pages.page, name="validation"),
    path("validation/<str:kind>/", validation_pages.file, name="validation-file"),
]
