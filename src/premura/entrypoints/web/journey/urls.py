from django.urls import path

from premura.entrypoints.web.journey import views

urlpatterns = [
    path("", views.journey, name="journey"),
    path("touchpoints/<int:pk>/", views.touchpoint, name="touchpoint"),
]
