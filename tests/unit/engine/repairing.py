"""How does a test repair a dossier it plays? By the node it stands at, as the page does."""

from app.engine.places import places
from app.engine.repair import Repair, RepairKind, carry_out, ways
from app.engine.run import Run
from tests.unit.engine.playing import Played


def token(played: Played, node: str, number: int = 0) -> int:
    run = Run.resume(played.definition, played.at.state, played.context())
    return [one.token for one in run.peek(places) if one.node == node][number]


def offered(played: Played, repair: Repair) -> list[Repair]:
    return ways(played.definition, played.at.state, played.context(), repair)


def do(played: Played, repair: Repair, number: int = 0) -> Repair:
    chosen = offered(played, repair)[number]
    played._do(lambda run: carry_out(run, chosen))
    return chosen


def move(played: Played, node: str, target: str) -> Repair:
    return do(played, Repair(RepairKind.MOVE, (token(played, node),), target))


def cancel(played: Played, node: str, number: int = 0) -> Repair:
    return do(played, Repair(RepairKind.CANCEL, (token(played, node, number),)))
