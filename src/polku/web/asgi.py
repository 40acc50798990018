"""The whole site as one ASGI application, which `polku serve` runs."""

from polku.web.wsgi import application as django

from polku.web.server import build  # isort: skip  Django must be set up first

application = build(django)
