"""Reports: what can be taken out, and what was brought in."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from premura.core.errors import NotFound
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.importers.models import ImportedFile
from premura.importers.responses.keeping import rejected_file


@signed_in(Ability.SEE_INSIGHTS)
def reports(request: StaffRequest) -> HttpResponse:
    brought = (
        ImportedFile.objects.select_related("imported_by")[:50] if request.user.may(Ability.EDIT_LISTENING) else []
    )
    return render(request, "reports/reports.html", {"brought": brought})


@signed_in(Ability.EDIT_LISTENING)
def rejected(request: StaffRequest, pk: int) -> FileResponse:
    """The rows of an import that were refused, each with its reason, as a CSV file."""
    found = get_object_or_404(ImportedFile, pk=pk)
    path = rejected_file(found)
    if not path.exists():
        raise NotFound("no-rejected-rows", _("No row of this file was refused."))
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{found.name}-rejected.csv")
