from django.urls import path

from premura.entrypoints.web.company import views

urlpatterns = [
    path("", views.company, name="company"),
    path("hours/", views.hours, name="company-hours"),
    path("places/new/", views.location_new, name="location-new"),
    path("places/<int:pk>/", views.location, name="location"),
    path("places/<int:pk>/hours/", views.location_hours, name="location-hours"),
    path("places/<int:pk>/closing/", views.location_closing, name="location-closing"),
    path("days-off/new/", views.closed_day_new, name="closed-day-new"),
    path("days-off/<int:pk>/removal/", views.closed_day_removal, name="closed-day-removal"),
]
