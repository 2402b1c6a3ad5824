from django.urls import path

from premura.entrypoints.web.team import bulletins, reviews, views

urlpatterns = [
    path("", views.team, name="team"),
    path("new/", views.person_new, name="person-new"),
    path("limits/", views.limits, name="limits"),
    path("limits/mine/acknowledgement/", views.limit_acknowledgement, name="limit-acknowledgement"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/new/", bulletins.bulletin_new, name="bulletin-new"),
    path("bulletins/<int:pk>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/reading/", bulletins.bulletin_reading, name="bulletin-reading"),
    path("bulletins/<int:pk>/withdrawal/", bulletins.bulletin_withdrawal, name="bulletin-withdrawal"),
    path("reviews/", reviews.reviews, name="reply-reviews"),
    path("reviews/new/<int:pk>/<int:message>/", reviews.review_new, name="reply-review-new"),
    path("reviews/<int:pk>/", reviews.review, name="reply-review"),
    path("reviews/<int:pk>/answer/", reviews.review_answer, name="reply-review-answer"),
    path("reviews/<int:pk>/closing/", reviews.review_closing, name="reply-review-closing"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/leaving/", views.person_leaving, name="person-leaving"),
    path("<int:pk>/rota/", views.person_rota, name="person-rota"),
    path("<int:pk>/limit/", views.person_limit, name="person-limit"),
]
