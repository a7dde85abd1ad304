"""What do the pages of an account ask? Sign-in, a password, a name: small WTForms forms."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _later
from wtforms import Form, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from app.actions.people import PASSWORD_LONGEST, PASSWORD_SHORTEST


class SignInForm(Form):  # type: ignore[misc]  # WTForms carries no types
    """Who are you?"""

    email = StringField(
        "Adresse de courriel",
        [InputRequired(_later("Écrivez votre adresse de courriel."))],
        render_kw={"type": "email", "autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        "Mot de passe",
        [InputRequired(_later("Écrivez votre mot de passe."))],
        render_kw={"autocomplete": "current-password", "maxlength": PASSWORD_LONGEST},
    )


class NewPasswordForm(Form):  # type: ignore[misc]  # WTForms carries no types
    """Which password do you choose?"""

    password = PasswordField(
        "Nouveau mot de passe",
        [InputRequired(_later("Écrivez un mot de passe."))],
        description=_later(
            "Au moins %(n)s caractères ; par exemple quatre mots sans lien.",
            n=PASSWORD_SHORTEST,
        ),
        render_kw={"autocomplete": "new-password", "maxlength": PASSWORD_LONGEST},
    )
    again = PasswordField(
        "Le même mot de passe, une seconde fois",
        [InputRequired(_later("Écrivez le mot de passe une seconde fois."))],
        render_kw={"autocomplete": "new-password", "maxlength": PASSWORD_LONGEST},
    )

    def validate_again(self, field: StringField) -> None:
        """Typed twice alike."""
        if field.data != self.password.data:
            raise ValidationError(_("Les deux mots de passe ne sont pas les mêmes."))


class ChangePasswordForm(NewPasswordForm):
    """The current password, then the new one."""

    current_password = PasswordField(
        "Mot de passe actuel",
        [InputRequired(_later("Écrivez votre mot de passe actuel."))],
        render_kw={"autocomplete": "current-password", "maxlength": PASSWORD_LONGEST},
    )


class ProfileForm(Form):  # type: ignore[misc]  # WTForms carries no types
    """How shall we name you, in which language?"""

    name = StringField(
        "Nom affiché",
        [
            InputRequired(_later("Écrivez votre nom.")),
            Length(max=120, message=_later("120 caractères au plus.")),
        ],
        render_kw={"autocomplete": "name"},
    )
    language = RadioField(
        "Langue", choices=[SelectChoice("fr", "Français"), SelectChoice("en", "English")]
    )
