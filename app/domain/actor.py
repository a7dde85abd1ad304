"""Who acts? A person with roles, or the house itself (the clock)."""

from dataclasses import dataclass, field
from uuid import UUID

from app.domain.permissions import Permission, Role, permissions_of


@dataclass(frozen=True)
class Actor:
    """Who does an action: their roles and the organisations they act for."""

    person_id: UUID | None
    name: str
    roles: frozenset[Role] = frozenset()
    #: Organisations the person may read for.
    organisation_ids: frozenset[UUID] = frozenset()
    #: Those among them the person may write for.
    writable_ids: frozenset[UUID] = frozenset()
    #: People who are away, whose tasks the person may do meanwhile.
    stands_in_for: frozenset[UUID] = frozenset()
    permissions: frozenset[Permission] = field(init=False)

    def __post_init__(self) -> None:
        """Permissions follow from the roles, by the one table."""
        object.__setattr__(self, "permissions", permissions_of(self.roles))

    def may(self, permission: Permission) -> bool:
        """Does one of the roles give this permission?"""
        return permission in self.permissions

    def acts_as(self, person_id: UUID | None) -> bool:
        """Is this the person, or somebody they stand in for?"""
        return person_id is not None and (
            person_id == self.person_id or person_id in self.stands_in_for
        )

    @property
    def is_system(self) -> bool:
        """The clock or a command, not a person."""
        return self.person_id is None


#: The clock: fires timers, gives receipts.
SYSTEM = Actor(person_id=None, name="Liasse")
