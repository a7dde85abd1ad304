"""What do the effects of steps do to a dossier that is only played, with no database behind?

Each stands for the effect of the same name applied to real dossiers, and keeps what a scenario
may look at: facts, deadlines, amounts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from app.catalogue.aid_rules import AidRules
from app.catalogue.contract import Step
from app.catalogue.forms import Submission
from app.domain.money import Money
from app.domain.working_days import add_working_days
from app.engine.clock import add_months
from app.engine.values import Value

Variables = dict[str, Value]


@dataclass
class PlayedDossier:
    """The dossier of a rehearsal: what effects read and write."""

    rules: AidRules
    today: date
    facts: dict[str, Any]
    amounts: dict[str, Money] = field(default_factory=dict)
    base: str = "0"
    claim: dict[str, Any] = field(default_factory=dict)
    start_deadline: date | None = None
    completion_deadline: date | None = None

    def deadlines(self) -> Variables:
        """Both deadlines of the realisation, as variables."""
        return {
            "start_deadline": _iso(self.start_deadline),
            "completion_deadline": _iso(self.completion_deadline),
        }

    def amount(self, name: str) -> Money:
        """An amount kept under that name, zero at first."""
        return self.amounts.get(name, Money.zero())

    def vote(self, cents: object) -> None:
        """The committee decided on an amount."""
        if isinstance(cents, int):
            self.amounts["voted"] = Money(cents)
            self.facts["voted_amount"] = Money(cents).plain()

    def due(self, step: Step) -> date | None:
        """The day a step that opens today is due, when its deadline is a length of time."""
        given = step.deadline
        if given is None:
            return None
        if given.working_days is not None:
            return add_working_days(self.today, given.working_days)
        if given.months is not None:
            return add_months(self.today, given.months)
        return None if given.days is None else self.today + timedelta(days=given.days)

    def calculate(self) -> Variables:
        """Apply the aid rules and remember their result."""
        result = self.rules.explain(self.facts)
        for fact, name in (("aid", "aid"), ("base", "base"), ("rate", "rate")):
            self.facts[f"computed_{fact}"] = result.get(name)
        self.base = str(result.get("base") or "0")
        self.amounts["computed"] = _money(result.get("aid"))
        return {"aid_decision": str(result["decision"])}


Job = Callable[[PlayedDossier, Step], Variables]
Effect = Callable[[PlayedDossier, Submission], Variables]


def _nothing(_dossier: PlayedDossier, _given: object) -> Variables:
    return {}


def _request_pieces(dossier: PlayedDossier, step: Step) -> Variables:
    return {"pieces_limit": _iso(dossier.due(step))}


def _acknowledge_complete(dossier: PlayedDossier, _step: Step) -> Variables:
    dossier.facts["complete_date"] = dossier.today.isoformat()
    return {}


def _compute_aid(dossier: PlayedDossier, _step: Step) -> Variables:
    return dossier.calculate()


def _release(dossier: PlayedDossier, _step: Step) -> Variables:
    spent = dossier.amount("paid") - dossier.amount("recovered")
    dossier.amounts["released"] = dossier.amount("committed") - spent
    return {}


def _propose_aid(dossier: PlayedDossier, submission: Submission) -> Variables:
    variables = dossier.calculate()
    dossier.amounts["proposed"] = _money(submission.answers.get("proposed_amount"))
    return variables


def _commit_funds(dossier: PlayedDossier, _submission: Submission) -> Variables:
    dossier.amounts["committed"] = dossier.amount("voted")
    return {}


def _notify_award(dossier: PlayedDossier, submission: Submission) -> Variables:
    notified = date.fromisoformat(str(submission.answers["notified_on"]))
    months = dossier.rules.deadlines(dossier.facts)
    dossier.start_deadline = add_months(notified, months.start or 0)
    dossier.completion_deadline = add_months(notified, months.completion or 0)
    return dossier.deadlines()


def _extend(dossier: PlayedDossier, submission: Submission) -> Variables:
    start = submission.answers.get("start_deadline")
    completion = submission.answers.get("completion_deadline")
    if start:
        dossier.start_deadline = date.fromisoformat(str(start))
    if completion:
        dossier.completion_deadline = date.fromisoformat(str(completion))
    return dossier.deadlines()


def _file_claim(dossier: PlayedDossier, submission: Submission) -> Variables:
    dossier.claim = dict(submission.answers)
    return {}


def _settle_claim(dossier: PlayedDossier, submission: Submission) -> Variables:
    if submission.variables.get("claim_check") == "sent_back":
        return {}
    claim = dossier.claim
    justified = submission.answers.get("retained") or claim.get("justified") or "0"
    paid = dossier.amount("paid") - dossier.amount("recovered")
    result = dossier.rules.settle(
        {
            "scheme": dossier.facts.get("scheme"),
            "applicant_type": dossier.facts.get("applicant_type"),
            "voted_aid": dossier.amount("voted").plain(),
            "base": dossier.base,
            "library_share": dossier.facts.get("library_share") or "1",
            "total_cost": dossier.facts.get("total_cost"),
            "justified": justified,
            "real_cost": claim.get("real_cost") or justified,
            "real_private": claim.get("real_private") or "0",
            "real_other_public": claim.get("real_other_public") or "0",
            "already_paid": paid.plain(),
            "kind": claim["kind"],
        }
    )
    payable = dossier.amounts["payable"] = _money(result["payable"])
    sign = "none" if not payable.cents else "pay" if payable.cents > 0 else "recover"
    return {"payable_sign": sign, "last_payment": claim["kind"] == "final"}


def _payer_answer(dossier: PlayedDossier, submission: Submission) -> Variables:
    if submission.variables.get("payer") != "rejected":
        dossier.amounts["paid"] = dossier.amount("paid") + dossier.amount("payable")
    return {}


def _record_recovery(dossier: PlayedDossier, _submission: Submission) -> Variables:
    dossier.amounts["recovered"] = dossier.amount("recovered") - dossier.amount("payable")
    return {}


JOBS: Mapping[str, Job] = {
    "record_receipt": _nothing,
    "request_pieces": _request_pieces,
    "acknowledge_complete": _acknowledge_complete,
    "deem_no_observation": _nothing,
    "compute_aid": _compute_aid,
    "record_ready": _nothing,
    "record_status": _nothing,
    "record_lapse": _release,
    "record_extension": _nothing,
}
EFFECTS: Mapping[str, Effect] = {
    "ask_opinions": _nothing,
    "record_opinion": _nothing,
    "propose_aid": _propose_aid,
    "make_executory": _nothing,
    "commit_funds": _commit_funds,
    "notify_award": _notify_award,
    "notify_refusal": _nothing,
    "sign_convention": _nothing,
    "declare_start": _nothing,
    "extend_start": _extend,
    "extend_completion": _extend,
    "file_claim": _file_claim,
    "settle_claim": _settle_claim,
    "certify_claim": _nothing,
    "issue_order": _nothing,
    "payer_answer": _payer_answer,
    "issue_recovery": _nothing,
    "record_recovery": _record_recovery,
}


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _money(value: object) -> Money:
    return Money.zero() if value in (None, "") else Money.from_fraction(Fraction(str(value)))
