from django.urls import path

from premura.entrypoints.web.ideas import own, views

urlpatterns = [
    path("", views.ideas, name="ideas"),
    path("new/", views.idea_new, name="idea-new"),
    path("mine/<str:token>/", views.idea_mine, name="idea-mine"),
    path("<int:pk>/", views.idea, name="idea"),
    path("<int:pk>/vote/", views.idea_vote, name="idea-vote"),
    path("<int:pk>/comments/", views.idea_comment, name="idea-comment"),
    path("panel/<str:token>/", own.panel_own, name="panel-own"),
    path("panel/<str:token>/leaving/", own.panel_leaving, name="panel-leaving"),
]
