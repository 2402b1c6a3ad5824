from django.urls import path

from premura.entrypoints.web.customers import needs, views

urlpatterns = [
    path("", views.customers, name="customers"),
    path("new/", views.customer_new, name="customer-new"),
    path("needs/", needs.needs, name="needs"),
    path("needs/<int:pk>/proposal/", needs.proposal, name="need-proposal"),
    path("needs/<int:pk>/outcome/", needs.outcome, name="need-outcome"),
    path("<int:pk>/needs/", needs.need_new, name="need-new"),
    path("<int:pk>/", views.customer, name="customer"),
    path("<int:pk>/edit/", views.customer_edit, name="customer-edit"),
    path("<int:pk>/meeting/", views.customer_meeting, name="customer-meeting"),
    path("<int:pk>/opting-out/", views.customer_opt_out, name="customer-opt-out"),
    path("<int:pk>/forgetting/", views.customer_forgetting, name="customer-forgetting"),
]
