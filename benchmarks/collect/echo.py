"""The limit: the same server reads the same bytes and sends as many back, doing nothing in between."""

HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"45"), (b"cache-control", b"no-store")]


async def application(scope, receive, send) -> None:
    if scope["type"] != "http":
        raise ValueError("nothing but requests is echoed")
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 201, "headers": HEADERS})
    await send({"type": "http.response.body", "body": body[:45]})
