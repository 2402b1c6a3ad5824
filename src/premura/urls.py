"""All addresses: the staff's pages. The public survey pages (``/s/``) never reach Django's URLs: see ``asgi.py``."""

from django.urls import include, path

urlpatterns = [path("", include("premura.entrypoints.web.urls"))]
