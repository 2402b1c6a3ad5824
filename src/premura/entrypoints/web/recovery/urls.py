from django.urls import path

from premura.entrypoints.web.recovery import cards, cases, catalogue, decisions, ledger

urlpatterns = [
    path("", cases.recovery, name="recovery"),
    path("cases/new/", cases.case_new, name="case-new"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/message/", decisions.message, name="case-message"),
    path("cases/<int:pk>/assignment/", decisions.assignment, name="case-assignment"),
    path("cases/<int:pk>/gesture/", decisions.gesture, name="case-gesture"),
    path("cases/<int:pk>/gesture/preview/", decisions.gesture_preview, name="case-gesture-preview"),
    path("cases/<int:pk>/promise/", decisions.promise, name="case-promise"),
    path("cases/<int:pk>/resolution/", decisions.resolution, name="case-resolution"),
    path("cases/<int:pk>/reopening/", decisions.reopening, name="case-reopening"),
    path("requests/<int:pk>/approval/", decisions.approval, name="gesture-approval"),
    path("requests/<int:pk>/refusal/", decisions.refusal, name="gesture-refusal"),
    path("gestures/<int:pk>/reversal/", decisions.reversal, name="gesture-reversal"),
    path("ledger/", ledger.ledger_page, name="ledger"),
    path("ledger/gestures.<slug:kind>", ledger.ledger_file, name="ledger-file"),
    path("remedies/", catalogue.remedies, name="remedies"),
    path("remedies/<int:pk>/", catalogue.remedy, name="remedy"),
    path("rules/", catalogue.rules, name="rules"),
    path("rules/<int:pk>/switch/", catalogue.rule_switch, name="rule-switch"),
    path("rules/deadlines/<slug:severity>/", catalogue.deadline, name="deadline"),
    path("cards/", cards.cards, name="cards"),
    path("cards/new/", cards.card_new, name="card-new"),
    path("cards/<int:pk>/", cards.card, name="card"),
    path("cards/<int:pk>/edit/", cards.card_edit, name="card-edit"),
    path("cards/<int:pk>/retiring/", cards.card_retiring, name="card-retiring"),
    path("cards/<int:pk>/reading/", cards.card_reading, name="card-reading"),
    path("cards/<int:pk>/use/", cards.card_use, name="card-use"),
]
