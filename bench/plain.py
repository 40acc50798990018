"""The baseline: a plain Django view that stores each post as one row, behind the same server and bridge."""

from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone


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


urlpatterns = [path("store/", store), path("login/", hello)]


def create_table() -> None:
    """Make the table of the baseline."""
    with connection.schema_editor() as editor:
        editor.create_model(Post)


def count() -> int:
    return Post.objects.count()
