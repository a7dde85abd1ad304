"""What does a WSGI server import? The application of this installation: `gunicorn app.wsgi:app`."""

import os

from app import logs
from app.factory import create_app
from app.settings import load_settings

logs.install(as_json=True)
app = create_app(load_settings(os.environ))
