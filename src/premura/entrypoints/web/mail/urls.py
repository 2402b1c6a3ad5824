from django.urls import path

from premura.entrypoints.web.mail import views

urlpatterns = [
    path("", views.mail, name="mail"),
    path("test/", views.mail_test, name="mail-test"),
    path("reports/", views.mail_reports, name="mail-reports"),
    path("addresses/<int:pk>/clearing/", views.mail_clearing, name="mail-clearing"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
