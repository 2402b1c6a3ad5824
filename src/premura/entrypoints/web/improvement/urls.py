from django.urls import path

from premura.entrypoints.web.improvement import defects, targets, telling, views

urlpatterns = [
    path("", views.improvement, name="improvement"),
    path("defects/", defects.defects_page, name="defects"),
    path("defects/new/", defects.defect_new, name="defect-new"),
    path("defects/<int:pk>/", defects.defect, name="defect"),
    path("defects/<int:pk>/report/", defects.defect_report, name="defect-report"),
    path("defects/<int:pk>/answer/", defects.defect_answer, name="defect-answer"),
    path("targets/", targets.targets_page, name="targets"),
    path("targets/new/", targets.target_new, name="target-new"),
    path("targets/<int:pk>/", targets.target, name="target"),
    path("causes/new/", views.cause_new, name="cause-new"),
    path("causes/<int:pk>/", views.cause, name="cause"),
    path("actions/new/", views.action_new, name="action-new"),
    path("actions/<int:pk>/", views.action, name="action"),
    path("actions/<int:pk>/completion/", views.action_completion, name="action-completion"),
    path("actions/<int:pk>/telling/", telling.telling, name="action-telling"),
    path("actions/<int:pk>/abandonment/", views.action_abandonment, name="action-abandonment"),
    path("checks/<int:pk>/run/", views.check_run, name="check-run"),
    path("cases/<int:pk>/cause/", views.case_cause, name="case-cause"),
]
