"""``premura export responses|survey FILE``: take out what is yours, in a form that other programs read."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from premura.core.company.company import the_company
from premura.core.errors import PremuraError
from premura.entrypoints.cli.prepare import prepare
from premura.importers.exports.columnar import parquet_file, spss_file
from premura.importers.exports.structure import limesurvey_file, lost
from premura.importers.exports.table import csv_file, xlsx_file
from premura.loop.listen.definition import draft_from
from premura.loop.listen.models import Response, Survey

_FILES: dict[str, Callable[[QuerySet[Response]], bytes]] = {
    ".csv": csv_file,
    ".xlsx": xlsx_file,
    ".sav": spss_file,
    ".parquet": parquet_file,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["responses", "survey"], help="answers, or the structure of one survey")
    parser.add_argument("file", metavar="FILE", help=f"answers: {', '.join(_FILES)}; a survey: .lss (LimeSurvey)")
    parser.add_argument("--survey", metavar="SLUG", help="the address of one survey, as in its link")
    parser.add_argument("--lang", choices=("it", "en"), help="language of headings")


def run(args: argparse.Namespace) -> int:
    prepare()
    company = the_company()
    with translation.override(args.lang or (company.language if company else "en")):
        try:
            content, lost_there = _content(args)
            Path(args.file).write_bytes(content)
        except PremuraError as error:
            return _refuse(str(error))
        except OSError as error:
            said = _("%(file)s cannot be written: %(why)s. Choose another folder or name.")
            return _refuse(said % {"file": args.file, "why": error.strerror})
    print(f"{args.file}: {len(content)} bytes")
    for sentence in lost_there:
        print(f"- {sentence}")
    return 0


def _content(args: argparse.Namespace) -> tuple[bytes, list[str]]:
    """The bytes of the file, and what it does not hold."""
    survey = Survey.objects.filter(slug=args.survey).first() if args.survey else None
    if args.survey and survey is None:
        slugs = ", ".join(Survey.objects.values_list("slug", flat=True)[:20])
        said = _("There is no survey %(name)s. There are: %(names)s.") % {"name": args.survey, "names": slugs or "–"}
        raise PremuraError("no-such-survey", said)
    suffix = Path(args.file).suffix.lower()
    if args.what == "survey":
        if survey is None or suffix != ".lss":
            said = _("Say which survey, and where: %(command)s")
            raise PremuraError("bad-export", said % {"command": "premura export survey FILE.lss --survey SLUG"})
        definition = draft_from(survey.draft)
        return limesurvey_file(definition, survey.pk), lost(definition)
    if suffix not in _FILES:
        said = _("Answers can be taken out as %(known)s. Give the file one of these endings.") % {
            "known": ", ".join(_FILES)
        }
        raise PremuraError("bad-export", said)
    rows = Response.objects.order_by("-answered_on", "-answered_at", "pk")
    return _FILES[suffix](rows.filter(survey=survey) if survey else rows), []


def _refuse(sentence: str) -> int:
    print(f"premura export: {sentence}", file=sys.stderr)
    return 2
