"""How are identifiers asked for? SIRET, RNA, IBAN, addresses, telephones, communes and EPCI."""

import re
from collections.abc import Sequence
from typing import ClassVar

from app.catalogue.fields import Question
from app.catalogue.identifiers import (
    clean_email,
    clean_iban,
    clean_phone,
    clean_rna,
    clean_siret,
    spaced_iban,
    spaced_siret,
)
from app.domain.lookups import Place


class SiretQuestion(Question):
    """The SIRET of an establishment."""

    kind = "siret"
    missing = "Indiquez le numéro SIRET."
    input_mode = "numeric"

    def parse(self, text: str) -> str:
        """The 14 digits."""
        return clean_siret(text)

    def show(self, data: str) -> str:
        """The number by groups."""
        return spaced_siret(data)


class RnaQuestion(Question):
    """The RNA number of an association."""

    kind = "rna"
    missing = "Indiquez le numéro RNA."

    def parse(self, text: str) -> str:
        """The number, in capitals."""
        return clean_rna(text)


class IbanQuestion(Question):
    """A bank account."""

    kind = "iban"
    missing = "Indiquez l’IBAN."

    def parse(self, text: str) -> str:
        """The IBAN without blanks."""
        return clean_iban(text)

    def show(self, data: str) -> str:
        """The IBAN by groups of four."""
        return spaced_iban(data)


class EmailQuestion(Question):
    """An e-mail address."""

    kind = "email"
    missing = "Indiquez une adresse électronique."
    input_type = "email"

    def parse(self, text: str) -> str:
        """The address."""
        return clean_email(text)


class PhoneQuestion(Question):
    """A telephone number."""

    kind = "phone"
    missing = "Indiquez un numéro de téléphone."
    input_type = "tel"

    def parse(self, text: str) -> str:
        """The number by pairs."""
        return clean_phone(text)


class CommuneQuestion(Question):
    """A commune, by its name or its INSEE code."""

    kind = "commune"
    missing = "Indiquez la commune."
    unknown: ClassVar[str] = "Aucune commune ne porte ce nom ou ce code INSEE."

    def find(self, text: str) -> Sequence[Place]:
        """The places of that name or code."""
        return self.lookups.communes(text)

    @property
    def places(self) -> list[str]:
        """What is proposed while one types."""
        return [self.show(one) for one in self.lookups.all_communes()]

    def parse(self, text: str) -> Place:
        """The place; several of the same name are refused with their codes."""
        named = re.fullmatch(r".*\((\w{5,9})\)", text)
        found = self.find(named[1] if named else text)
        if not found:
            raise ValueError(self.unknown)
        if len(found) > 1:
            names = ", ".join(f"{one.name} ({one.code})" for one in found[:5])
            raise ValueError(f"Plusieurs réponses possibles, précisez\u00a0: {names}.")
        return found[0]

    def show(self, data: Place) -> str:
        """The name with its code."""
        return f"{data.name} ({data.code})"

    def to_json(self) -> object:
        """The official code."""
        return None if self.data is None else self.data.code


class EpciQuestion(CommuneQuestion):
    """An EPCI, by its name or its SIREN."""

    kind = "epci"
    missing = "Indiquez l’EPCI."
    unknown = "Aucun EPCI ne porte ce nom ou ce numéro SIREN."

    def find(self, text: str) -> Sequence[Place]:
        """The EPCI of that name or number."""
        return self.lookups.epcis(text)

    @property
    def places(self) -> list[str]:
        """What is proposed while one types."""
        return [self.show(one) for one in self.lookups.all_epcis()]
