"""Pictures as people send them."""

import io

from PIL import Image

_GPS = 0x8825


def picture(kind: str = "PNG", *, size: tuple[int, int] = (4, 4), with_place: bool = False) -> bytes:
    """A whole picture, of one colour, clear where the format can; ``with_place`` as a telephone writes it: camera, and
    where it was taken.
    """
    whole = Image.new("RGB" if kind == "JPEG" else "RGBA", size, (200, 80, 40))
    exif = whole.getexif()
    if with_place:
        exif[0x010F] = "Telefono"
        exif.get_ifd(_GPS)[2] = (45.0, 33.0, 0.0)
    out = io.BytesIO()
    whole.save(out, kind, exif=exif)
    return out.getvalue()
