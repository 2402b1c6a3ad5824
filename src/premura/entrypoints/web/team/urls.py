from django.urls import path

from premura.entrypoints.web.team import views

urlpatterns = [
    path("", views.team, name="team"),
    path("new/", views.person_new, name="person-new"),
    path("limits/", views.limits, name="limits"),
    path("limits/mine/acknowledgement/", views.limit_acknowledgement, name="limit-acknowledgement"),
    path("<int:pk>/", views.person, name="person"),
    path("<int:pk>/leaving/", views.person_leaving, name="person-leaving"),
    path("<int:pk>/rota/", views.person_rota, name="person-rota"),
    path("<int:pk>/limit/", views.person_limit, name="person-limit"),
]
