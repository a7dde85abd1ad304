"""What does a browser do? It keeps cookies, follows forms, and says where a form comes from."""

import re
from collections.abc import Mapping
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

PASSWORD = "quatre mots sans lien"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class Browser:
    """A browser of our own: GETs pages, POSTs their forms with the token they carry."""

    def __init__(self, client: FlaskClient, origin: str = "http://localhost") -> None:
        self.client = client
        self.origin = origin
        self.token = ""

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> TestResponse:
        """Open a page; its token serves the next form."""
        response = self.client.get(url, base_url=self.origin, headers=dict(headers or {}))
        self._see(response)
        return response

    def post(
        self,
        url: str,
        data: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> TestResponse:
        """Send a form as one of our pages does."""
        fields = {"csrf_token": self.token if token is None else token} | dict(data or {})
        told = {"Origin": self.origin} | dict(headers or {})
        response = self.client.post(url, base_url=self.origin, data=fields, headers=told)
        self._see(response)
        return response

    def sign_in(self, email: str, password: str = PASSWORD, **more: object) -> TestResponse:
        """Through the form, as people do."""
        self.get("/connexion")
        return self.post("/connexion", {"email": email, "password": password, **more})

    def _see(self, response: TestResponse) -> None:
        if response.mimetype == "text/html" and (found := _TOKEN.search(response.text)):
            self.token = unescape(found.group(1))


def hidden_fields(html: str) -> dict[str, str]:
    """The hidden fields of a page."""
    return {unescape(name): unescape(value) for name, value in _HIDDEN.findall(html)}
