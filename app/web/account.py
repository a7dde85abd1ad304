"""How does one come in, go out, and look after one's account?"""

from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.actions import people as actions
from app.actions.links import Links
from app.actions.people import WeakPassword, WrongPassword
from app.domain.errors import NotAllowed
from app.domain.permissions import Permission
from app.models.people import Person
from app.queries.people import demo_people, person_by_email
from app.web import sessions
from app.web.access import SignInNeeded, actor, me, public, requires, somebody
from app.web.database import now, reading, write
from app.web.errors import wants_json
from app.web.forms import ChangePasswordForm, NewPasswordForm, ProfileForm, SignInForm
from app.web.installation import installation
from app.web.kept import KeptForm, kept_form, unseal
from app.web.kept_words import shown_answers
from app.web.shell import landing
from app.web.sign_in import SignedIn, Slowed, enter, is_demo_open, safe_next, try_password
from app.web.words import sentence_of

pages = Blueprint("account", __name__)


@pages.get("/connexion")
@public
def sign_in() -> Response:
    """The form that lets people in."""
    return _sign_in_page(SignInForm(), status=200, next_page=request.args.get("next"))


@pages.post("/connexion")
@public
def enter_by_password() -> BaseResponse:
    """Let somebody in by their password."""
    form = SignInForm(request.form)
    if not form.validate():
        return _sign_in_page(form, status=422)
    outcome = try_password(form.email.data, form.password.data)
    if isinstance(outcome, SignedIn):
        return _welcome()
    if isinstance(outcome, Slowed):
        message = _("Trop d’essais. Réessayez dans %(n)s s.", n=outcome.seconds)
        response = _sign_in_page(form, status=429, message=message)
        response.headers["Retry-After"] = str(outcome.seconds)
        return response
    message = _("Adresse ou mot de passe incorrect. Vérifiez votre saisie.")
    return _sign_in_page(form, status=422, message=message)


@pages.post("/connexion/demo")
@public
def enter_as_persona() -> BaseResponse:
    """In the demo, on this machine: enter as one of its people."""
    person = person_by_email(reading(), request.form.get("persona", ""))
    if not is_demo_open() or person is None or not person.is_demo:
        raise NotAllowed
    enter(write(lambda tx, at: actions.sign_in(tx, person.id, account=None, now=at)))
    return _welcome()


@pages.post("/deconnexion")
@public
def sign_out() -> BaseResponse:
    """End the session: its cookie is worth nothing afterwards."""
    token = sessions.session_token()
    if token is not None:
        write(lambda tx, _at: actions.sign_out(tx, token))
    sessions.leave()
    return redirect(url_for("public.home"), 303)


@pages.get("/accueil")
@requires()
def start() -> BaseResponse:
    """The page each person begins with."""
    return redirect(landing(actor()), 303)


@pages.get("/mon-compte")
@requires()
def show() -> Response:
    """One's own account."""
    return _account_page(_profile(), ChangePasswordForm(), status=200)


@pages.post("/mon-compte")
@requires()
def save_profile() -> BaseResponse:
    """Change one's name and language."""
    form, person_id = ProfileForm(request.form), me().id
    if not form.validate():
        return _account_page(form, ChangePasswordForm(), status=422)
    name, language = form.name.data, form.language.data
    write(lambda tx, _at: actions.set_profile(tx, person_id, name=name, language=language))
    with force_locale(language):  # the next page is in the language just chosen
        flash(_("Votre compte est à jour."))
    return redirect(url_for("account.show"), 303)


@pages.post("/mon-compte/mot-de-passe")
@requires()
def change_password() -> BaseResponse:
    """Change one's password; every other session ends."""
    form = ChangePasswordForm(request.form)
    person = me()
    if not form.validate() or not _password_fits(form, person, current=True):
        return _account_page(_profile(), form, status=422)
    _replace_password(person.id, form.password.data)
    enter(write(lambda tx, at: actions.sign_in(tx, person.id, account=None, now=at)))
    flash(_("Votre mot de passe est changé ; vos autres connexions sont fermées."))
    return redirect(url_for("account.show"), 303)


@pages.get("/mot-de-passe/<token>")
@public
def choose_password(token: str) -> Response:
    """The page a link leads to: choose a password."""
    person = _links().person(reading(), token, now=now())
    return _choose_page(NewPasswordForm(), person, status=200)


@pages.post("/mot-de-passe/<token>")
@public
def keep_password(token: str) -> BaseResponse:
    """Keep the password chosen; the link is dead afterwards."""
    person = _links().person(reading(), token, now=now())
    form = NewPasswordForm(request.form)
    if not form.validate() or not _password_fits(form, person):
        return _choose_page(form, person, status=422)
    _replace_password(person.id, form.password.data)
    flash(_("Votre mot de passe est enregistré. Connectez-vous."))
    return redirect(url_for("account.sign_in"), 303)


@pages.app_errorhandler(SignInNeeded)
def ask_to_sign_in(_error: SignInNeeded) -> BaseResponse:
    """Ask who is there; what was typed travels along."""
    message = _("Votre connexion a expiré. Reconnectez-vous : votre saisie est conservée.")
    if wants_json():
        return make_response(jsonify(error=message), 401)
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")), 303)
    form = kept_form()
    if form is None:
        message = _("Votre connexion a expiré. Reconnectez-vous.")
    return _sign_in_page(SignInForm(), status=401, message=message, kept=form)


def _welcome() -> BaseResponse:
    """After sign-in: the form that was waiting, the page asked for, or one's first page."""
    kept = unseal(request.form.get("sealed", ""))
    if kept is not None:
        body = render_template(
            "account/kept.html",
            form=kept,
            answers=shown_answers(kept),
            resumed=True,
            again=True,
        )
        return make_response(body, 200)
    return redirect(safe_next(request.form.get("next")) or landing(actor()), 303)


def _sign_in_page(
    form: SignInForm,
    *,
    status: int,
    message: str | None = None,
    next_page: str | None = None,
    kept: KeptForm | None = None,
) -> Response:
    sealed = kept.seal() if kept else request.form.get("sealed", "")
    body = render_template(
        "account/sign_in.html",
        form=form,
        message=message,
        next_page=safe_next(next_page or request.form.get("next")),
        sealed=sealed,
        kept=unseal(sealed),
        somebody=somebody(),
        personas=_personas() if is_demo_open() else [],
    )
    return make_response(body, status)


def _personas() -> list[tuple[str, list[Person]]]:
    """The people of the demo, the staff and the applicants apart."""
    people = demo_people(reading())
    groups = [
        (_("Le Département"), [one for one in people if not one.memberships]),
        (_("Les demandeurs"), [one for one in people if one.memberships]),
    ]
    return [(title, members) for title, members in groups if members]


def _account_page(
    profile: ProfileForm, password: ChangePasswordForm, *, status: int
) -> Response:
    body = render_template(
        "account/show.html",
        profile=profile,
        password=password,
        person=me(),
        works=actor().may(Permission.WORK_TASKS),
    )
    return make_response(body, status)


def _choose_page(form: NewPasswordForm, person: Person, *, status: int) -> Response:
    return make_response(
        render_template("account/password.html", form=form, person=person), status
    )


def _profile() -> ProfileForm:
    return ProfileForm(name=me().name, language=me().language)


def _password_fits(form: NewPasswordForm, person: Person, *, current: bool = False) -> bool:
    """Write under each question what is wrong with its answer."""
    try:
        if current and not actions.is_password(
            person.password_hash, form.current_password.data
        ):
            raise WrongPassword
        actions.check_password(form.password.data, about=(person.name, person.email))
    except (WeakPassword, WrongPassword) as refusal:
        wrong = isinstance(refusal, WrongPassword)
        (form.current_password if wrong else form.password).errors = [sentence_of(refusal)]
        return False
    return True


def _replace_password(person_id: UUID, password: str) -> None:
    hashed = actions.hash_password(password)
    write(lambda tx, _at: actions.set_password(tx, person_id, password_hash=hashed))


def _links() -> Links:
    return Links(installation().settings.key)
