"""Pages that show what reaches Django and that answer in every way a view can."""

import os
from collections.abc import Iterator
from io import BytesIO

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import path

from tests.faults.trial_jobs import tell


def echo(request: HttpRequest, rest: str = "") -> JsonResponse:
    shown = {key: value for key, value in request.META.items() if isinstance(value, str)}
    answer = JsonResponse({"path": request.path, "body": len(request.body), "meta": shown, "pid": os.getpid()})
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2")
    return answer


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(b"%06d" % number * 1_000 for number in range(500))


def broken_stream(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        yield b"begun"
        raise ValueError("in the middle")

    return StreamingHttpResponse(parts())


def download(request: HttpRequest) -> FileResponse:
    return FileResponse(BytesIO(b"0123456789" * 100_000), filename="ä.csv", as_attachment=True)


def wait(request: HttpRequest) -> HttpResponse:
    return HttpResponse(tell("waiting"))


def crash(request: HttpRequest) -> HttpResponse:
    raise ValueError("a view that fails")


urlpatterns = [
    path("echo", echo),
    path("echo/<path:rest>", echo),
    path("stream", stream),
    path("broken", broken_stream),
    path("download", download),
    path("wait", wait),
    path("crash", crash),
]
