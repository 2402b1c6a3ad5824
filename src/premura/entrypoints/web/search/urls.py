from django.urls import path

from premura.entrypoints.web.search import views

urlpatterns = [path("", views.search, name="search")]
