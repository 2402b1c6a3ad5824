from django.urls import path

from premura.entrypoints.web.patterns import views

urlpatterns = [path("", views.patterns, name="patterns")]
