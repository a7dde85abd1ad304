"""What does a visitor read? The open schemes, how each works, and the pages the law asks for."""

from dataclasses import dataclass

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from app.actions import people as actions
from app.catalogue.contract import DocumentKind, Scheme
from app.catalogue.pack import Pack
from app.domain.errors import NotFound
from app.domain.permissions import Permission
from app.engine.expressions import compile_expression
from app.web import language, sessions
from app.web.access import me, public, somebody
from app.web.database import reading, write
from app.web.installation import console, installation
from app.web.shell import send_asset
from app.web.sign_in import safe_next
from app.web.usual_view import usual_sentences

pages = Blueprint("public", __name__)


@dataclass(frozen=True)
class Wanted:
    """A piece to prepare; required: True, False, or None when it depends on the project."""

    kind: DocumentKind
    required: bool | None


@dataclass(frozen=True)
class OpenScheme:
    """A scheme one can apply to, with the type its dossiers follow."""

    pack: Pack
    scheme: Scheme

    @property
    def documents(self) -> list[Wanted]:
        """The pieces the request asks for: required ones, then those that depend, then the others."""
        asked = [
            Wanted(kind, self._certainty(kind.required))
            for kind in self.pack.documents
            if kind.step == self.pack.filing_step and self._certainty(kind.offered) is not False
        ]
        return sorted(asked, key=lambda one: (True, None, False).index(one.required))

    def _certainty(self, condition: str) -> bool | None:
        """Does the condition hold for this scheme, whatever the project? None: it depends on it."""
        if condition in {"always", "never"}:
            return condition == "always"
        expression = compile_expression(condition)
        if not expression.names <= {"scheme"}:
            return None
        return bool(expression.evaluate({"scheme": self.scheme.code}))


def open_schemes() -> list[OpenScheme]:
    """Every scheme of the published types, in the order of their packs."""
    types = console().types.open_types(reading())
    return [OpenScheme(one.pack, scheme) for one in types for scheme in one.pack.schemes]


@pages.get("/")
@public
def home() -> str:
    """The aids one can ask for today."""
    return render_template("public/home.html", schemes=open_schemes())


@pages.get("/dispositifs/<code>")
@public
def scheme(code: str) -> str:
    """One scheme: who may ask, for what, with which pieces, and how long it takes."""
    for found in open_schemes():
        if found.scheme.code == code:
            who = somebody()
            may_file = who is None or who.may(Permission.FILE_REQUEST)
            usual = usual_sentences(reading(), found.pack.key, found.scheme.code)
            return render_template(
                "public/scheme.html", found=found, may_file=may_file, usual=usual
            )
    raise NotFound


@pages.get("/mentions-legales")
@public
def legal() -> str:
    """Who answers for this service."""
    return render_template("public/legal.html", house=installation().settings)


@pages.get("/accessibilite")
@public
def accessibility() -> str:
    """Where the service stands on accessibility: not audited, and says so."""
    return render_template("public/accessibility.html", contact=installation().settings.contact)


@pages.get("/donnees-personnelles")
@public
def privacy() -> str:
    """Which personal data are kept, why, and for how long."""
    return render_template("public/privacy.html", house=installation().settings)


@pages.get("/aide")
@public
def help_page() -> str:
    """How to use the service, in one page."""
    return render_template("public/help.html", contact=installation().settings.contact)


@pages.post("/langue")
@public
def choose_language() -> BaseResponse:
    """Show the pages in French or in English, on this browser and for this account."""
    chosen = request.form.get("lang", "")
    chosen = chosen if chosen in language.LANGUAGES else language.LANGUAGES[0]
    if sessions.current() is not None:
        person = me()
        person_id, name = person.id, person.name
        write(lambda tx, _at: actions.set_profile(tx, person_id, name=name, language=chosen))
    back = safe_next(request.form.get("next", "").rstrip("?"), but=()) or url_for("public.home")
    response = redirect(back, 303)
    response.set_cookie(
        language.COOKIE,
        chosen,
        max_age=31_536_000,
        path="/",
        secure=installation().settings.is_https,
        httponly=True,
        samesite="Lax",
    )
    return response


@pages.get("/fichiers/<lock>/<path:place>")
@public
def browser_file(lock: str, place: str) -> Response:
    """A font or a script fetched at first run, under the name of its lock."""
    return send_asset(lock, place)


@pages.get("/robots.txt")
@public
def robots() -> Response:
    """Search engines may read the public pages, and nothing else."""
    text = "User-agent: *\nAllow: /$\nAllow: /dispositifs/\nDisallow: /\n"
    return make_response(text, 200, {"Content-Type": "text/plain; charset=utf-8"})
