"""How does a test repair a dossier? It sees the plan, gives a reason, and does what it says."""

from dataclasses import dataclass
from uuid import UUID

from app.actions import repairs
from app.actions.repair_plan import Plan
from app.actions.repairs import Agreed, Preview
from app.engine.places import ArmedTimer, Place, places, timers
from app.engine.repair import Repair, RepairKind
from app.engine.run import Context, Run
from app.models.repair import RepairProposal
from tests.stories import Play


@dataclass
class Workshop:
    """A dossier under repair, and the person at it."""

    play: Play
    login: str = "admin"

    def _run(self) -> Run:
        house, row = self.play.house, self.play.process
        definition = house.read(
            lambda s: house.console.types.get(s, row.definition_id).definition
        )
        return Run.resume(definition, row.state, Context(now=house.now))

    def place(self, node: str) -> Place:
        return next(one for one in self._run().peek(places) if one.node == node)

    def timer(self, node: str) -> ArmedTimer:
        return next(one for one in self._run().peek(timers) if one.node == node)

    def move(self, node: str, target: str) -> Repair:
        return Repair(RepairKind.MOVE, (self.place(node).token,), target)

    def preview(self, repair: Repair, number: int = 0) -> Preview:
        house = self.play.house
        return house.run(
            lambda s: repairs.preview(
                s,
                house.console,
                house.actor(self.login),
                self.play.dossier_id,
                repair,
                number=number,
                now=house.now,
            )
        )

    def agreed(self, plan: Plan, reason: str = "Erreur de saisie.") -> Agreed:
        return Agreed(plan.seen, plan.digest, reason)

    def apply(self, repair: Repair, agreed: Agreed) -> Plan:
        house = self.play.house
        return house.run(
            lambda s: repairs.apply(
                s,
                house.console,
                house.actor(self.login),
                self.play.dossier_id,
                repair,
                agreed=agreed,
                now=house.now,
            )
        )

    def do(self, repair: Repair) -> Plan:
        """See the plan, and do what it says."""
        seen = self.preview(repair)
        return self.apply(seen.ways[seen.number], self.agreed(seen.plan))

    def propose(self, repair: Repair) -> UUID:
        house, seen = self.play.house, self.preview(repair)
        return house.run(
            lambda s: (
                repairs.propose(
                    s,
                    house.console,
                    house.actor(self.login),
                    self.play.dossier_id,
                    seen.ways[seen.number],
                    agreed=self.agreed(seen.plan),
                    now=house.now,
                ).id
            )
        )

    def review(self, proposal: UUID, login: str) -> Plan:
        house = self.play.house
        return house.run(
            lambda s: repairs.review(
                s, house.console, house.actor(login), proposal, now=house.now
            )
        )

    def confirm(self, proposal: UUID, login: str) -> Plan:
        house, plan = self.play.house, self.review(proposal, login)
        return house.run(
            lambda s: repairs.confirm(
                s, house.console, house.actor(login), proposal, plan=plan.digest, now=house.now
            )
        )

    def proposal(self, proposal: UUID) -> RepairProposal:
        return self.play.house.read(lambda s: s.get_one(RepairProposal, proposal))
