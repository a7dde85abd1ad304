"""Who may do what? One table: role → permissions. Nothing else in the code decides a right."""

from collections.abc import Iterable
from enum import StrEnum


class Role(StrEnum):
    """What a person is in the house; the lanes of a diagram map to these."""

    APPLICANT = "applicant"  #: Files and follows the dossiers of its organisations
    OFFICER = "officer"  #: Instructeur: examines dossiers
    EXPERT = "expert"  #: Service consulté: gives the opinions it was asked for
    HEAD = "head"  #: Chef de service: first visa, supervises
    FINANCE = "finance"  #: Gestionnaire financier: visa, commitments, payment orders
    DIRECTION = "direction"  #: Direction: last visa
    COMMITTEE_OFFICE = "committee_office"  #: Service des assemblées: sessions, votes, acts
    SIGNATORY = "signatory"  #: Signs notifications
    ELECTED = "elected"  #: Élu: reads dossiers and sessions
    SUPERVISOR = "supervisor"  #: Sees every dossier and the steering pages
    ADMIN = "admin"  #: Administrateur fonctionnel: types, accounts, incidents


class Permission(StrEnum):
    """What a door may ask before it opens."""

    FILE_REQUEST = "file_request"  #: Use the applicant's portal
    WORK_TASKS = "work_tasks"  #: Have an inbox, claim and complete tasks of one's roles
    READ_ALL_DOSSIERS = "read_all_dossiers"  #: Read every filed dossier
    READ_ASKED_DOSSIERS = "read_asked_dossiers"  #: Read the dossiers one was asked about
    REVIEW_DOCUMENTS = "review_documents"  #: Accept or refuse a piece
    KEEP_CLOCKS = "keep_clocks"  #: Enter a late fact, suspend, resume or extend a delay
    ASSIGN_TASKS = "assign_tasks"  #: Give a task to somebody, take it from somebody
    READ_SESSIONS = "read_sessions"  #: Read committee sessions
    HOLD_SESSIONS = "hold_sessions"  #: Create sessions, set agendas, record votes
    READ_BUDGET = "read_budget"  #: Read envelopes, commitments and payments
    KEEP_BUDGET = "keep_budget"  #: Open envelopes
    SUPERVISE = "supervise"  #: See the steering pages
    REPAIR_DOSSIERS = "repair_dossiers"  #: Move, cancel, redo, skip a step; change a date
    CONFIRM_REPAIRS = "confirm_repairs"  #: Be the second person of a repair that touches money
    ADMINISTER = "administer"  #: Types, accounts, incidents, mails


_STAFF = {Permission.WORK_TASKS, Permission.READ_ALL_DOSSIERS, Permission.READ_SESSIONS}
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.APPLICANT: frozenset({Permission.FILE_REQUEST}),
    Role.OFFICER: frozenset(
        _STAFF | {Permission.REVIEW_DOCUMENTS, Permission.KEEP_CLOCKS, Permission.READ_BUDGET}
    ),
    Role.EXPERT: frozenset({Permission.WORK_TASKS, Permission.READ_ASKED_DOSSIERS}),
    Role.HEAD: frozenset(
        _STAFF
        | {
            Permission.REVIEW_DOCUMENTS,
            Permission.KEEP_CLOCKS,
            Permission.ASSIGN_TASKS,
            Permission.READ_BUDGET,
            Permission.SUPERVISE,
            Permission.REPAIR_DOSSIERS,
            Permission.CONFIRM_REPAIRS,
        }
    ),
    Role.FINANCE: frozenset(
        _STAFF | {Permission.READ_BUDGET, Permission.KEEP_BUDGET, Permission.CONFIRM_REPAIRS}
    ),
    Role.DIRECTION: frozenset(
        _STAFF | {Permission.READ_BUDGET, Permission.SUPERVISE, Permission.CONFIRM_REPAIRS}
    ),
    Role.COMMITTEE_OFFICE: frozenset(_STAFF | {Permission.HOLD_SESSIONS}),
    Role.SIGNATORY: frozenset(_STAFF),
    Role.ELECTED: frozenset({Permission.READ_ALL_DOSSIERS, Permission.READ_SESSIONS}),
    Role.SUPERVISOR: frozenset(
        {
            Permission.READ_ALL_DOSSIERS,
            Permission.READ_SESSIONS,
            Permission.READ_BUDGET,
            Permission.SUPERVISE,
            Permission.ASSIGN_TASKS,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Permission.READ_ALL_DOSSIERS,
            Permission.READ_SESSIONS,
            Permission.REPAIR_DOSSIERS,
            Permission.CONFIRM_REPAIRS,
            Permission.ADMINISTER,
        }
    ),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything these roles may do together."""
    return frozenset().union(*(GRANTS[role] for role in roles))
