from django.urls import path

from premura.entrypoints.web.listening import (
    ask,
    choosing,
    editor,
    programmes,
    quality,
    quotes,
    responses,
    surveys,
    translations,
    triggers,
)
from premura.entrypoints.web.prints.views import survey_print, survey_sheet

urlpatterns = [
    path("", programmes.listening, name="listening"),
    path("programmes/new/", programmes.programme_new, name="programme-new"),
    path("programmes/<int:pk>/", programmes.programme, name="programme"),
    path("programmes/<int:pk>/edit/", programmes.programme_edit, name="programme-edit"),
<<<<<<< HEAD
    path("programmes/<int:pk>/triggers/new/", triggers.trigger_new, name="trigger-new"),
    path("triggers/<int:pk>/", triggers.trigger, name="trigger"),
    path("triggers/<int:pk>/pressing/", triggers.trigger_pressing, name="trigger-pressing"),
    path("limits/", triggers.contact_limits_page, name="contact-limits"),
=======
    path("programmes/<int:pk>/instrument/", choosing.programme_instrument, name="programme-instrument"),
    path("surveys/new/", surveys.survey_new, name="survey-new"),
    path("surveys/<int:pk>/", surveys.survey, name="survey"),
    path("surveys/<int:pk>/code/", surveys.survey_code, name="survey-code"),
    path("surveys/<int:pk>/print/", survey_print, name="survey-print"),
    path("surveys/<int:pk>/print/<slug:kind>.pdf", survey_sheet, name="survey-sheet"),
    path("surveys/<int:pk>/file/", surveys.survey_file, name="survey-file"),
    path("surveys/<int:pk>/translations/", translations.survey_translations, name="survey-translations"),
    path("surveys/<int:pk>/place/", surveys.survey_place, name="survey-place"),
    path("surveys/<int:pk>/publication/", surveys.survey_publication, name="survey-publication"),
    path("versions/<int:pk>/withdrawal/", surveys.survey_withdrawal, name="survey-withdrawal"),
    path("surveys/<int:pk>/edit/", editor.survey_edit, name="survey-edit"),
    path("surveys/<int:pk>/preview/", editor.survey_preview, name="survey-preview"),
    path("quality/", quality.listening_quality_page, name="listening-quality"),
    path("ask/", ask.ask, name="ask"),
    path("ask/way/", ask.ask_way, name="ask-way"),
    path("ask/code/", ask.ask_code, name="ask-code"),
    path("ask/answer/", ask.ask_answer, name="ask-answer"),
    path("responses/", responses.responses, name="responses"),
    path("responses/file/", responses.responses_file, name="responses-file"),
    path("responses/<uuid:pk>/", responses.response, name="response"),
    path("responses/<uuid:pk>/quotes/", quotes.response_quotes, name="response-quotes"),
    path("quotes/", quotes.quotes, name="quotes"),
    path("quotes/<int:pk>/removal/", quotes.quote_removal, name="quote-removal"),
    path("responses/<uuid:pk>/file/", responses.response_file, name="response-file"),
]
