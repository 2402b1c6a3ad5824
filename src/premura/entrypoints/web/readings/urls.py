from django.urls import path

from premura.entrypoints.web.readings import (
    competitors,
    delivery,
    experience,
    fairness,
    loyalty,
    quality,
    reasons,
    views,
    work,
)

urlpatterns = [
    path("", views.readings, name="readings"),
    path("drivers/", views.drivers, name="drivers"),
    path("service-quality/", quality.servqual, name="servqual"),
    path("service-quality/weights/", quality.servqual_weights, name="servqual-weights"),
    path("kano/", experience.kano, name="kano"),
    path("delivery-gap/", delivery.delivery, name="delivery-gap"),
    path("competitors/", competitors.competitors, name="competitors"),
    path("competitors/<int:pk>/name/", competitors.competitor_name, name="competitor-name"),
    path("peak-end/", experience.peak_end, name="peak-end"),
    path("loyalty/", loyalty.loyalty_page, name="loyalty"),
    path("loyalty/customers/", loyalty.loyalty_rows, name="loyalty-rows"),
    path("reasons/", reasons.reasons, name="reasons"),
    path("work/", work.work, name="work"),
    path("fairness/", fairness.fairness_page, name="fairness"),
    path("answers/", views.reading_rows, name="reading-rows"),
]
