"""Two doors: the public survey pages (``/s/``), which know no session and no login, and everything else, which is Django's."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "premura.settings")

from django.core.asgi import get_asgi_application  # noqa: E402  # settings must be named first

django_application = get_asgi_application()
application = django_application
