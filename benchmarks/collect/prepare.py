"""A database with one company and one published survey: one NPS, one CSAT, one comment. Run with Django's settings."""

import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402  # Django must be set up first
from django.utils import timezone  # noqa: E402

from premura.core.company.models import Company  # noqa: E402
from premura.loop.listen.models import Programme, Submission, Survey, SurveyVersion  # noqa: E402

DEFINITION = {
    "title": {"it": "Com'è andata?", "en": "How did it go?"},
    "languages": ["it", "en"],
    "questions": [
        {"code": "nps", "kind": "nps", "text": {"it": "Ci consiglierebbe?", "en": "Would you recommend us?"}},
        {"code": "csat", "kind": "csat", "text": {"it": "È soddisfatto?", "en": "Are you satisfied?"}},
        {"code": "comment", "kind": "text", "text": {"it": "Cosa potremmo migliorare?", "en": "What could be better?"}},
    ],
}


def main() -> None:
    if sys.argv[1:] == ["count"]:
        print(Submission.objects.count())
        return
    call_command("migrate", interactive=False, verbosity=0)
    now = timezone.now()
    Company.objects.get_or_create(pk=1, defaults={"name": "Nolo Prova", "sector": "rental"})
    programme = Programme.objects.create(name="Misura", objective="o", decision="d", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="misura", draft=DEFINITION, created_at=now)
    SurveyVersion.objects.create(survey=survey, number=1, definition=DEFINITION, published_at=now)


main()
