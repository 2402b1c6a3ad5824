"""A survey's texts out to translators and in again: XLIFF 1.2, XLIFF 2.0 and CSV.

Pure: bytes in, plain values out. Every text has an address (``question.nps.text``); what comes back is put there if it
is still there, and everything that cannot be taken is listed, never dropped in silence.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as Xml

import msgspec

from premura.core.words import without_control
from premura.loop.listen.questions import WORDS_LIMIT, Definition, Ending, Option, Question

FILE_LIMIT = 2_000_000
V12, V20 = "urn:oasis:names:tc:xliff:document:1.2", "urn:oasis:names:tc:xliff:document:2.0"
Texts = Mapping[str, str]


class NotTranslationsError(ValueError):
    """The bytes are no translations: ``code`` is ``too-large``, ``malformed`` or ``language``."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(where)
        self.code = code


@dataclass(frozen=True)
class Brought:
    """What a file did: the definition with its texts, how many changed, and what could not be taken: address, code.

    Of ``asked`` texts that wait for a translation, the file has ``present``: fewer, and it may have been cut.
    """

    definition: Definition
    language: str
    changed: int
    left: tuple[tuple[str, str], ...]
    present: int
    asked: int


def texts_of(definition: Definition) -> dict[str, Texts]:
    """Address → language → words, in the order in which customers read them."""
    found: dict[str, Texts] = {}

    def keep(address: str, texts: Texts) -> dict[str, str]:
        found[address] = texts
        return dict(texts)

    _walked(definition, keep)
    return {address: texts for address, texts in found.items() if texts}


def _walked(definition: Definition, put: Callable[[str, Texts], dict[str, str]]) -> Definition:
    """The definition with ``put(address, texts)`` in the place of every text: the one list of where texts are."""

    def options(prefix: str, ones: tuple[Option, ...]) -> tuple[Option, ...]:
        return tuple(Option(one.code, put(f"{prefix}.{one.code}", one.text)) for one in ones)

    def question(one: Question) -> Question:
        at = f"question.{one.code}"
        return msgspec.structs.replace(
            one,
            text=put(f"{at}.text", one.text),
            help=put(f"{at}.help", one.help),
            low_text=put(f"{at}.low", one.low_text),
            high_text=put(f"{at}.high", one.high_text),
            options=options(f"{at}.option", one.options),
            rows=options(f"{at}.row", one.rows),
        )

    return msgspec.structs.replace(
        definition,
        title=put("title", definition.title),
        intro=put("intro", definition.intro),
        questions=tuple(question(one) for one in definition.questions),
        thanks=put("thanks", definition.thanks),
        endings=tuple(Ending(e.code, put(f"ending.{e.code}", e.text), e.when) for e in definition.endings),
    )


# Out


def _units(definition: Definition, source: str, target: str) -> Iterator[tuple[str, str, str]]:
    for address, texts in texts_of(definition).items():
        if texts.get(source):
            yield address, texts[source], texts.get(target, "")


def csv_of(definition: Definition, source: str, target: str) -> bytes:
    """Three columns: address, and the words in both languages. What a spreadsheet would run is made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["address", source, target])
    for row in _units(definition, source, target):
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def _harmless(cell: str) -> str:
    # An apostrophe that was there already gets a second one, so that taking one away gives the same words back
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "'")) else cell


def xliff_of(definition: Definition, source: str, target: str, version: str = "2.0") -> bytes:
    space = V20 if version == "2.0" else V12
    root = Xml.Element("xliff", {"xmlns": space, "version": version})
    if version == "2.0":
        root.attrib |= {"srcLang": source, "trgLang": target}
        parent = Xml.SubElement(root, "file", {"id": "survey"})
    else:
        about = {"original": "survey", "datatype": "plaintext", "source-language": source, "target-language": target}
        parent = Xml.SubElement(Xml.SubElement(root, "file", about), "body")
    for number, (address, words, translated) in enumerate(_units(definition, source, target), 1):
        if version == "2.0":
            unit = Xml.SubElement(parent, "unit", {"id": f"u{number}", "name": address})
            holder = Xml.SubElement(unit, "segment", {"state": "translated" if translated else "initial"})
        else:
            holder = Xml.SubElement(parent, "trans-unit", {"id": address, "xml:space": "preserve"})
        Xml.SubElement(holder, "source").text = words
        if translated:
            Xml.SubElement(holder, "target").text = translated
    content: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


# In


def bring_translations(definition: Definition, data: bytes) -> Brought:
    """``definition`` with the translations in ``data``, whatever of the three it is; :class:`NotTranslationsError`."""
    if len(data) > FILE_LIMIT:
        raise NotTranslationsError("too-large")
    is_xliff = data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    source, target, units = _from_xliff(data) if is_xliff else _from_csv(data)
    if target not in definition.languages:
        raise NotTranslationsError("language", target)
    known = texts_of(definition)
    asked = {address for address, texts in known.items() if texts.get(source)}
    present = len(asked & {address for address, _original, _words in units})
    # The last words of a table that ends too soon, and within a line, are perhaps half of what was written
    cut = units[-1][0] if units and not is_xliff and present < len(asked) and not data.endswith(b"\n") else None
    taken: dict[str, str] = {}
    left: list[tuple[str, str]] = []
    for address, original, words in units:
        words = without_control(words)
        if address not in known:
            left.append((address, "unknown"))
        elif not words:
            left.append((address, "empty"))
        elif address == cut:
            left.append((address, "cut"))
        elif len(words) > WORDS_LIMIT:
            left.append((address, "too-long"))
        elif without_control(original) != known[address].get(source, ""):
            # The words that were translated are no longer the words that are asked
            left.append((address, "changed"))
        else:
            taken[address] = words
    brought = _walked(
        definition, lambda address, texts: {**texts, **({target: taken[address]} if address in taken else {})}
    )
    changed = sum(known[address].get(target) != words for address, words in taken.items())
    return Brought(brought, target, changed, tuple(left), present, len(asked))


def _from_csv(data: bytes) -> tuple[str, str, list[tuple[str, str, str]]]:
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ","))
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotTranslationsError("malformed", str(error)[:100]) from error
    if not rows or len(rows[0]) < 3 or rows[0][0].strip() != "address":
        raise NotTranslationsError("malformed")
    units = [tuple(_back(cell) for cell in (*row, "", "")[:3]) for row in rows[1:] if row]
    return rows[0][1].strip(), rows[0][2].strip(), units  # type: ignore[return-value]


def _back(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:2] in {"=", "+", "-", "@", "\t", "\r", "'"} else cell


def _from_xliff(data: bytes) -> tuple[str, str, list[tuple[str, str, str]]]:
    # Nothing in XLIFF needs a document type, and entities are how small files become large
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\x00" in data:
        raise NotTranslationsError("malformed", "DOCTYPE")
    try:
        root = Xml.fromstring(data)  # noqa: S314  # no document type: nothing to unfold, nothing to fetch
    except (Xml.ParseError, ValueError) as error:
        raise NotTranslationsError("malformed", str(error)[:100]) from error
    if root.tag == f"{{{V20}}}xliff":
        space, holder, about = {"x": V20}, "x:segment", root
        source, target = root.get("srcLang", ""), root.get("trgLang", "")
        units = root.findall(".//x:unit", space)
    elif root.tag == f"{{{V12}}}xliff":
        space, holder = {"x": V12}, "."
        about = next(iter(root.findall("x:file", space)), root)
        source, target = about.get("source-language", ""), about.get("target-language", "")
        units = root.findall(".//x:trans-unit", space)
    else:
        raise NotTranslationsError("malformed", "xliff")

    def words(unit: Xml.Element, name: str) -> str:
        return "".join(
            "".join(part.itertext()) for one in unit.findall(holder, space) for part in one.findall(f"x:{name}", space)
        )

    found = [(unit.get("name") or unit.get("id") or "", words(unit, "source"), words(unit, "target")) for unit in units]
    return source, target, found
