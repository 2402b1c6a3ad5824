"""QR codes of public links, as an image for the page and as a file for posters."""

import io

import segno
from django.utils.safestring import SafeString

# A printed code is scratched, a screen reflects: M mends 15 % of it
_ERROR = "m"


def code_of(link: str) -> segno.QRCode:
    """The code itself, to be drawn on a page, in a file, on a sheet of paper."""
    return segno.make(link, error=_ERROR)


def qr_inline(link: str) -> SafeString:
    """An SVG element without a size of its own: black on white with its quiet zone, in the dark scheme as well."""
    svg: str = code_of(link).svg_inline(omitsize=True, light="#fff", dark="#000", border=4)
    # segno writes only numbers and the colours above; the link itself is not in it
    return SafeString(svg)


def qr_file(link: str, kind: str) -> bytes:
    """``svg`` or ``png`` (about 1,200 pixels wide, sharp at 10 cm in print)."""
    code = code_of(link)
    buffer = io.BytesIO()
    scale = 10 if kind == "svg" else max(1, 1200 // code.symbol_size(border=4)[0])
    code.save(buffer, kind=kind, scale=scale, border=4, light="#fff", dark="#000")
    return buffer.getvalue()
