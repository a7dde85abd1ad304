"""Which effects may a pack name? Services of automatic steps, effects of people's steps, of events.

What each service is told and gives is in `app/catalogue/service_tasks.py`; a test holds both together.
"""

from collections.abc import Callable, Mapping

from app.actions.effects import apart, award, events, general, intake, money, opinions, payments
from app.actions.movement import JobEffect, Move, Variables
from app.actions.open_tasks import OpenTask
from app.catalogue.forms import Submission

#: Applied when a person completes a step: (move, task, submission) -> variables.
TaskEffect = Callable[[Move, OpenTask, Submission], Variables]

#: Done within the transaction of the step.
JOBS: Mapping[str, JobEffect] = {
    "send_mail": general.send_mail,
    "set_status": general.set_status,
    "set_fact": general.set_fact,
    "reserve_budget": money.reserve_budget,
    "wait_for_children": general.wait_for_children,
    "send_message": general.send_message,
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
#: Done by the clock, after the transaction of the step.
APART: Mapping[str, apart.Apart] = {
    "generate_document": apart.GENERATE_DOCUMENT,
    "open_child_dossier": apart.OPEN_CHILD,
    "http_request": apart.HTTP_REQUEST,
}
#: What a message people send changes besides the process.
EVENTS: Mapping[str, events.Event] = {
    "withdraw": events.WITHDRAW,
    "ask_extension": events.ASK_EXTENSION,
    "change_contact": events.CHANGE_CONTACT,
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
