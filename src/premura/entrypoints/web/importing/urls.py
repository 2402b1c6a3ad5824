from django.urls import path

from premura.entrypoints.web.importing import reviews, views

urlpatterns = [
    path("", views.importing, name="importing"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/new/", reviews.review_new, name="review-new"),
    path("reviews/<int:pk>/reply/", reviews.review_reply, name="review-reply"),
    path("<int:pk>/", views.one, name="import"),
    path("<int:pk>/progress/", views.progress, name="import-progress"),
    path("<int:pk>/report/", views.report, name="import-report"),
    path("<int:pk>/undoing/", views.undoing, name="import-undoing"),
    path("surveys/<int:pk>/structure/", views.survey_file, name="survey-structure"),
    path("<int:pk>/removal/", views.removal, name="import-removal"),
]
