from django.urls import path

from premura.entrypoints.web.team import bulletins, views

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
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/leaving/", views.person_leaving, name="person-leaving"),
    path("<int:pk>/rota/", views.person_rota, name="person-rota"),
    path("<int:pk>/limit/", views.person_limit, name="person-limit"),
]
