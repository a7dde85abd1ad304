"""Which effects may a pack name? Two tables: jobs of service tasks, effects of people's steps."""

from collections.abc import Callable, Mapping

from app.actions.effects import award, intake, money, opinions, payments
from app.actions.movement import JobEffect, Move, Variables
from app.actions.open_tasks import OpenTask
from app.catalogue.forms import Submission

#: Applied when a person completes a step: (move, task, submission) -> variables.
TaskEffect = Callable[[Move, OpenTask, Submission], Variables]

JOBS: Mapping[str, JobEffect] = {
    "record_receipt": intake.record_receipt,
    "request_pieces": intake.request_pieces,
    "acknowledge_complete": intake.acknowledge_complete,
    "deem_no_observation": opinions.deem_no_observation,
    "compute_aid": award.compute_aid,
    "record_ready": intake.record_status,
    "record_status": intake.record_status,
    "record_lapse": intake.record_status,
    "record_extension": award.record_extension,
}
TASKS: Mapping[str, TaskEffect] = {
    "ask_opinions": opinions.ask_opinions,
    "record_opinion": opinions.record_opinion,
    "propose_aid": award.propose_aid,
    "make_executory": award.make_executory,
    "commit_funds": money.commit_funds,
    "notify_award": award.notify_award,
    "notify_refusal": award.notify_refusal,
    "declare_start": award.declare_start,
    "extend_start": award.extend_start,
    "extend_completion": award.extend_completion,
    "file_claim": payments.file_claim,
    "settle_claim": payments.settle_claim,
    "certify_claim": payments.certify_claim,
    "issue_order": payments.issue_order,
    "payer_answer": payments.payer_answer,
    "issue_recovery": payments.issue_order,
    "record_recovery": payments.record_recovery,
}
