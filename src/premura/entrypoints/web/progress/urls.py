from django.urls import path

from premura.entrypoints.web.progress import views

urlpatterns = [
    path("<slug:token>/", views.progress, name="progress"),
    path("<slug:token>/message/", views.message, name="progress-message"),
    path("<slug:token>/files/<int:pk>/", views.attachment, name="progress-file"),
]
