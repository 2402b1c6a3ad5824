from django.urls import path

from premura.entrypoints.web.stories import views

urlpatterns = [path("<str:token>/", views.story_own, name="story-own")]
