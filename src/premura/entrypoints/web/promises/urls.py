from django.urls import path

from premura.entrypoints.web.promises import views

urlpatterns = [
    path("", views.promises, name="promises"),
    path("new/", views.promise_new, name="promise-new"),
    path("<int:pk>/", views.promise, name="promise"),
    path("<int:pk>/keeping/", views.keeping, name="promise-keeping"),
    path("<int:pk>/breaking/", views.breaking, name="promise-breaking"),
    path("<int:pk>/calling-off/", views.calling_off, name="promise-calling-off"),
]
