from django.urls import path

from premura.entrypoints.web.mail import gateways, views

urlpatterns = [
    path("", views.mail, name="mail"),
    path("test/", views.mail_test, name="mail-test"),
    path("texts/<slug:kind>/", gateways.gateway, name="gateway"),
    path("texts/<slug:kind>/test/", gateways.gateway_test, name="gateway-test"),
    path("reports/", views.mail_reports, name="mail-reports"),
    path("addresses/<int:pk>/clearing/", views.mail_clearing, name="mail-clearing"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
