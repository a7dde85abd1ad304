"""Whom may a mail or a reminder name, and why does somebody receive it? The words, without the people."""

from enum import StrEnum

from app.domain.permissions import Role

#: A whole role is written to only inside the house: never every applicant of every commune.
STAFF_ROLES = tuple(role for role in Role if role is not Role.APPLICANT)
#: Every audience a manifest or a ladder may name; docs/new-dossier-type.md says what each means.
AUDIENCES = (
    "applicant",
    "organisation",
    "owner",
    "officer",
    "assignee",
    "substitute",
    "superior",
    *(f"role:{role}" for role in sorted(STAFF_ROLES)),
)
#: Who hears of a task that its own people leave late.
SUPERIORS = {
    Role.EXPERT: Role.OFFICER,
    Role.OFFICER: Role.HEAD,
    Role.FINANCE: Role.HEAD,
    Role.COMMITTEE_OFFICE: Role.DIRECTION,
    Role.SIGNATORY: Role.DIRECTION,
    Role.HEAD: Role.DIRECTION,
    Role.DIRECTION: Role.SUPERVISOR,
}


class Because(StrEnum):
    """Why somebody is written to; the mail says it in a sentence."""

    ASSIGNEE = "assignee"  #: The task was given to them, or they took it
    ASKED = "asked"  #: They, in person, were asked an opinion
    ROLE = "role"  #: The task is everybody's of their role
    OFFICER = "officer"  #: They examine the dossier
    UNASSIGNED = "unassigned"  #: Nobody examines it yet: every officer hears of it
    APPLICANT = "applicant"  #: They file for the organisation
    ADDRESS = "address"  #: It is the organisation's own address
    OWNER = "owner"  #: They wrote the request
    SUBSTITUTE = "substitute"  #: They stand in for somebody who is away
    SUPERIOR = "superior"  #: They lead those whose task is late
    READER = "reader"  #: They asked for a digest, or for a trial
