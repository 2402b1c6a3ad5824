"""What listening takes from a sector pack: the first programme, of whoever installs it, and the first survey."""

from premura.core.company.pack import Pack, PackSurvey
from premura.core.i18n import in_language
from premura.core.staff.models import Person
from premura.loop.listen.definition import Definition, Option, Question
from premura.loop.listen.models import Survey
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.surveys import add_survey, us


def install_pack(pack: Pack, *, by: Person) -> None:
    """Programme and survey, ready to publish in both languages; when the survey is here already, nothing."""
    us()
    if Survey.objects.filter(slug=pack.survey.slug).exists():
        return
    listening = pack.listening
    programme = add_programme(
        by,
        in_language(listening.name, by.language),
        objective=in_language(listening.objective, by.language),
        decision=in_language(listening.decision, by.language),
        owner=by,
        cadence_days=listening.cadence_days,
    )
    add_survey(programme, definition_of(pack.survey), by, slug=pack.survey.slug)


def definition_of(survey: PackSurvey) -> Definition:
    """The pack's survey as a definition, in every language of its title."""
    return Definition(
        title=dict(survey.title),
        languages=tuple(survey.title),
        intro=dict(survey.intro),
        thanks=dict(survey.thanks),
        questions=tuple(
            Question(
                code=question.code,
                kind=question.kind,
                text=dict(question.text),
                help=dict(question.help),
                required=question.required,
                touchpoint=question.touchpoint,
                options=tuple(Option(option.code, dict(option.text)) for option in question.options),
            )
            for question in survey.questions
        ),
    )
