"""Addresses of REST beside the desks of W-26."""

from django.urls import path

from vvip.calls import api

urlpatterns = [path("screen-pops/", api.ScreenPopView.as_view(), name="screen-pops")]
