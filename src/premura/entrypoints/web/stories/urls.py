from django.urls import path

from premura.entrypoints.web.stories import pictures, views

urlpatterns = [
    path("<str:token>/", views.story_own, name="story-own"),
    path("<str:token>/pictures/<int:picture>/", pictures.story_own_picture, name="story-own-picture"),
]
