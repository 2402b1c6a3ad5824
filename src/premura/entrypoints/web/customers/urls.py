from django.urls import path

from premura.entrypoints.web.customers import views

urlpatterns = [
    path("", views.customers, name="customers"),
    path("new/", views.customer_new, name="customer-new"),
    path("<int:pk>/", views.customer, name="customer"),
    path("<int:pk>/edit/", views.customer_edit, name="customer-edit"),
    path("<int:pk>/meeting/", views.customer_meeting, name="customer-meeting"),
    path("<int:pk>/opting-out/", views.customer_opt_out, name="customer-opt-out"),
    path("<int:pk>/forgetting/", views.customer_forgetting, name="customer-forgetting"),
]
