"""What is the service of an automatic step told, here and now?"""

from app.actions.movement import Move
from app.catalogue.service_inputs import Inputs, read_inputs
from app.catalogue.service_tasks import SERVICES
from app.engine.run import OpenJob


def inputs_of(move: Move, job: OpenJob) -> Inputs:
    """The parameters of a job with their values. Refuses BadInput."""
    return read_inputs(
        SERVICES[job.topic], job.inputs, lambda source: move.run.evaluate(job.token, source)
    )
