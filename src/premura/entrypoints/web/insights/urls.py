from django.urls import path

from premura.entrypoints.web.insights import (
    aspect_pages,
    comment_pages,
    explorer,
    judging,
    saved_views,
    theme_pages,
    views,
)

urlpatterns = [
    path("", views.insights, name="insights"),
    path("answers/", views.insights_rows, name="insights-rows"),
    path("making/", views.insights_making, name="insights-making"),
    path("table/", views.insights_table, name="insights-table"),
    path("explorer/", explorer.explorer, name="explorer"),
    path("explorer/file/", explorer.explorer_file, name="explorer-file"),
    path("explorer/views/", saved_views.saved_views, name="saved-views"),
    path("explorer/views/<int:pk>/", saved_views.saved_view, name="saved-view"),
    path("explorer/views/<int:pk>/change/", saved_views.saved_view_change, name="saved-view-change"),
    path("explorer/views/<int:pk>/delete/", saved_views.saved_view_delete, name="saved-view-delete"),
    path("explorer/views/<int:pk>/restore/", saved_views.saved_view_restore, name="saved-view-restore"),
    path("comments/", comment_pages.comments, name="comments"),
    path("comments/sides/", comment_pages.comment_sides, name="comment-sides"),
    path("comments/aspects/", aspect_pages.company_aspects, name="company-aspects"),
    path("comments/aspects/<int:pk>/end/", aspect_pages.company_aspect_end, name="company-aspect-end"),
    path("comments/themes/", theme_pages.themes, name="themes"),
    path("comments/themes/<int:pk>/", theme_pages.theme_change, name="theme-change"),
    path("comments/<int:pk>/judgement/", judging.comment_judgement, name="comment-judgement"),
    path("coverage/", views.coverage, name="coverage"),
    path("coverage/not-asked/", views.coverage_unasked, name="coverage-unasked"),
]
