from django.urls import path

from premura.entrypoints.web.reports import views

urlpatterns = [
    path("", views.reports, name="reports"),
    path("brought/<int:pk>/rejected/", views.rejected, name="import-rejected"),
]
