from django.urls import path

from premura.entrypoints.web.today import views

urlpatterns = [path("", views.today, name="today")]
