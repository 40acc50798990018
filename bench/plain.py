"""The baseline: a plain Django view that stores each post as one row, behind the same server and bridge."""

import json

from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt


class Post(models.Model):
    at = models.DateTimeField()
    payload = models.JSONField()

    class Meta:
        app_label = "bench"
        managed = False

    def __str__(self) -> str:
        return str(self.pk)


def store(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        Post.objects.create(at=timezone.now(), payload=request.POST.dict())
    return HttpResponse("Thank you.")


def hello(_: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello.")


class Event(models.Model):
    id = models.CharField(primary_key=True, max_length=40)
    visitor = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    url = models.CharField(max_length=500)
    details = models.JSONField()

    class Meta:
        app_label = "bench"
        managed = False

    def __str__(self) -> str:
        return self.id


@csrf_exempt
def store_events(request: HttpRequest) -> HttpResponse:
    posted, now = json.loads(request.body), timezone.now()
    rows = [
        Event(id=each["i"], visitor=posted["v"], kind=each["k"], at=now, url=each["u"], details=each["d"])
        for each in posted["e"]
    ]
    with transaction.atomic():
        Event.objects.bulk_create(rows, ignore_conflicts=True)
    return HttpResponse(status=204)


urlpatterns = [path("store/", store), path("events/", store_events), path("login/", hello)]


def create_table() -> None:
    """Make the table of the baseline."""
    with connection.schema_editor() as editor:
        editor.create_model(Post)


def create_events_table() -> None:
    """Make the table of the events, unless it is there."""
    if Event._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Event)


def count() -> int:
    return Post.objects.count()
