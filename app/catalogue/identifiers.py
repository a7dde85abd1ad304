"""Is this a real SIRET, RNA number, IBAN, e-mail address or telephone? The clean text, or a sentence."""

import re

from email_validator import EmailNotValidError, validate_email
from stdnum import iban as iban_number
from stdnum.fr import siret as siret_number

_RNA = re.compile(r"W\d[0-9A-Z]\d{7}")
_BLANKS = re.compile(r"[\s.\-\u00a0\u202f]")
_SIRET_DIGITS = 14
_FRENCH_PHONE = re.compile(r"(?:0|\+?33\(?0?\)?|0033\(?0?\)?)([1-9]\d{8})")
_FOREIGN_PHONE = re.compile(r"(?:\+|00)[1-9]\d{6,14}")


def clean_siret(text: str) -> str:
    """The 14 digits of a SIRET. Raises ValueError with a French sentence.

    The establishments of La Poste follow their own key (the sum of the digits, a multiple of 5).
    """
    number = _BLANKS.sub("", text)
    if not number.isdecimal() or len(number) != _SIRET_DIGITS:
        raise ValueError("Un numéro SIRET compte 14 chiffres.")
    if not siret_number.is_valid(number):
        raise ValueError("Ce numéro SIRET contient une erreur\u00a0: vérifiez chaque chiffre.")
    return number


def clean_rna(text: str) -> str:
    """The RNA number of an association. Raises ValueError with a French sentence."""
    number = _BLANKS.sub("", text).upper()
    if not _RNA.fullmatch(number):
        raise ValueError(
            "Un numéro RNA commence par W et compte 9 chiffres, par exemple W551000123."
        )
    return number


def clean_iban(text: str) -> str:
    """The IBAN without blanks. Raises ValueError with a French sentence."""
    number = _BLANKS.sub("", text).upper()
    if not iban_number.is_valid(number):
        raise ValueError("Cet IBAN contient une erreur\u00a0: recopiez-le depuis votre RIB.")
    return number


def spaced_iban(number: str) -> str:
    """The IBAN by groups of four, as printed on a bank statement."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def spaced_siret(number: str) -> str:
    """The SIRET as it is usually written: 215 500 299 00010."""
    return f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}"


def clean_email(text: str) -> str:
    """The address as mail servers read it. Raises ValueError with a French sentence."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError(
            "Écrivez une adresse électronique complète, par exemple mairie@commune.fr."
        ) from None


def clean_phone(text: str) -> str:
    """A French number by pairs, « 03 29 12 34 56 », or a foreign one as +352…

    Raises ValueError with a French sentence.
    """
    number = _BLANKS.sub("", text).replace("/", "")
    if french := _FRENCH_PHONE.fullmatch(number):
        digits = f"0{french[1]}"
        return " ".join(digits[start : start + 2] for start in range(0, len(digits), 2))
    if _FOREIGN_PHONE.fullmatch(number):
        return f"+{number.removeprefix('+').removeprefix('00')}"
    raise ValueError(
        "Écrivez un numéro de téléphone à dix chiffres, par exemple 03 29 12 34 56."
    )
