"""Files that customers gave us, handed to a browser in which they run nothing."""

from pathlib import Path

from django.http import FileResponse
from django.utils.translation import gettext as _

from premura.core.errors import NotFound
from premura.loop.listen.uploads import path_of


def kept_file(reference: str, name: str, *, is_download: bool = False) -> FileResponse:
    """The file kept as ``reference``, called ``name`` with its ending; :class:`NotFound` where it is gone."""
    try:
        file = path_of(reference).open("rb")
    except FileNotFoundError as error:
        raise NotFound("file-gone", _("This file is no longer in the data folder.")) from error
    reply = FileResponse(file, as_attachment=is_download, filename=f"{name}{Path(reference).suffix}")
    # Whatever it holds, it runs nothing and stays in no cache but the reader's own
    reply["Content-Security-Policy"] = "default-src 'none'; sandbox"
    reply["X-Content-Type-Options"] = "nosniff"
    reply["Cache-Control"] = "private, no-cache"
    return reply
