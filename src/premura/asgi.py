"""Two doors: the public survey pages (``/s/``), which know no session, and everything else, which is Django's."""

import gc
import os
import warnings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "premura.settings")

from django.core.asgi import get_asgi_application  # settings must be named first

# Static files are handed out whole, from a thread: nobody needs to be told so in the terminal
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

django_application = get_asgi_application()

# Models can be imported only after Django is set up
from premura.entrypoints.collect.app import Collector  # noqa: E402
from premura.entrypoints.collect.requests import Receive, Scope, Send  # noqa: E402

collector = Collector()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Send each request through its door; start and stop the writer of submissions with the server."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and (scope["path"] == "/s" or scope["path"].startswith("/s/")):
        await collector(scope, receive, send)
    else:
        await django_application(scope, receive, send)  # type: ignore[arg-type]


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await collector.start()
            # What is loaded now stays: the garbage collector need not walk through it again and again
            gc.freeze()
            await send({"type": "lifespan.startup.complete"})
        else:
            await collector.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
