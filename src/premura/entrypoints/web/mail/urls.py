from django.urls import path

from premura.entrypoints.web.mail import gateways, mailbox, receiving, views

urlpatterns = [
    path("", views.mail, name="mail"),
    path("test/", views.mail_test, name="mail-test"),
    path("texts/<slug:kind>/", gateways.gateway, name="gateway"),
    path("texts/<slug:kind>/test/", gateways.gateway_test, name="gateway-test"),
    path("receipts/<str:token>/", receiving.gateway_receipt, name="gateway-receipt"),
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/fetching/", mailbox.mailbox_fetching, name="mailbox-fetching"),
    path("reports/", views.mail_reports, name="mail-reports"),
    path("addresses/<int:pk>/clearing/", views.mail_clearing, name="mail-clearing"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
