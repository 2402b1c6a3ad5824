from django.urls import path

from premura.entrypoints.web.start import views

urlpatterns = [
    path("", views.home, name="home"),
    path("welcome/", views.welcome, name="welcome"),
    path("welcome/company/", views.setup, name="setup"),
    path("welcome/demo/", views.demo, name="demo"),
    path("welcome/progress/", views.progress, name="demo-progress"),
    path("welcome/entrance/", views.demo_entrance, name="demo-entrance"),
    path("language/", views.language, name="language"),
    path("healthz", views.healthz, name="healthz"),
]
