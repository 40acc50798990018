"""The choice of language: kept in the user's settings, or in a cookie for who is not logged in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views import i18n

from polku.accounts import actions as accounts_actions
from polku.accounts.inputs import UserChange


@login_not_required
def set_language(request: HttpRequest) -> HttpResponseBase:
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        change = UserChange(language=language)
        accounts_actions.change_user(request.user.pk, change, now=timezone.now(), by=request.user)
    return i18n.set_language(request)
