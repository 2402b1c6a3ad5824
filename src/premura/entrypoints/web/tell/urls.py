from django.urls import path

from premura.entrypoints.web.tell import views

urlpatterns = [
    path("", views.tell, name="tell"),
    path("person/<str:token>/", views.person, name="tell-person"),
    path("thanks/<slug:told>/", views.tell_thanks, name="tell-thanks"),
]
