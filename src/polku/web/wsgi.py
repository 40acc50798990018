"""The site as a WSGI application, for other servers than `polku serve`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.web.settings")
application = get_wsgi_application()
