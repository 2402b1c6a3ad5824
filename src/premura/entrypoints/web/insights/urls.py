from django.urls import path

from premura.entrypoints.web.insights import views

urlpatterns = [
    path("", views.insights, name="insights"),
    path("answers/", views.insights_rows, name="insights-rows"),
    path("making/", views.insights_making, name="insights-making"),
    path("table/", views.insights_table, name="insights-table"),
    path("comments/", views.comments, name="comments"),
    path("coverage/", views.coverage, name="coverage"),
    path("coverage/not-asked/", views.coverage_unasked, name="coverage-unasked"),
]
