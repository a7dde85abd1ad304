"""What does a WSGI server import? The application of this installation: `gunicorn app.wsgi:app`."""

import os

from app.factory import create_app
from app.settings import load_settings

app = create_app(load_settings(os.environ))
