"""What an uploaded file is, by its content alone, and a picture made anew so that it carries nothing else along.

Pure: bytes in, bytes out. Neither the name of a file nor what its sender calls it is believed.
"""

import io
import warnings

from PIL import Image, ImageOps

# What may come in one file, and what the pixels of a picture may be, before anything of it is read
FILE_LIMIT = 12 * 1024 * 1024
PIXELS_LIMIT = 50_000_000
# A picture is kept as large as a page or a print of it needs
SIDE_LIMIT = 3_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 85


class NotTakenError(ValueError):
    """The file is not kept; ``code`` says why, for :func:`premura.loop.listen.sentences.answer_sentence`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def taken(data: bytes, *, only_pictures: bool = False) -> tuple[bytes, str]:
    """The bytes to keep and their ending: ``jpg``, ``png`` or ``pdf``; :class:`NotTakenError` for anything else.

    >>> taken(b"%PDF-1.7 and so on")[1]
    'pdf'
    >>> taken(b"MZ, whatever it is called")
    Traceback (most recent call last):
    premura.loop.listen.pictures.NotTakenError: file-kind
    """
    if len(data) > FILE_LIMIT:
        raise NotTakenError("file-too-large")
    if data.startswith(b"%PDF-") and not only_pictures:
        return data, "pdf"
    try:
        # What the library only warns of is an error here: nothing is unpacked that is larger than the limit
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _made_anew(data)
    except NotTakenError:
        raise
    # Whatever a damaged or hostile picture does to the decoder, it is no picture
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotTakenError("too-many-pixels") from None
    except Exception:
        raise NotTakenError("file-kind") from None


def _made_anew(data: bytes) -> tuple[bytes, str]:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        width, height = picture.size
        if width * height > PIXELS_LIMIT:
            raise NotTakenError("too-many-pixels")
        # A JPEG is unpacked at half or a quarter of its size where that is enough
        picture.draft("RGB", (SIDE_LIMIT, SIDE_LIMIT))
        # As it was held, and small, before it is copied without its place, its day, and whose camera it was
        whole = ImageOps.exif_transpose(picture)
        whole.thumbnail((SIDE_LIMIT, SIDE_LIMIT))
        is_clear = "A" in whole.getbands() or "transparency" in whole.info
        plain = whole.convert("RGBA" if is_clear else "RGB")
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    out = io.BytesIO()
    if is_clear:
        bare.save(out, "PNG", optimize=False)
        return out.getvalue(), "png"
    bare.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue(), "jpg"
