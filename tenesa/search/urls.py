from django.urls import path

from tenesa.search import views

urlpatterns = [path("", views.results, name="search")]
