"""Says to browsers that Global Privacy Control is honoured here: see https://www.w3.org/TR/gpc/."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

SINCE = "2026-11-27"


@require_safe
@login_not_required
def gpc(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"gpc": True, "lastUpdate": SINCE})
