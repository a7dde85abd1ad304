"""What would SpiffWorkflow alone cost, used as its documentation shows? One JSON in one row.

The whole workflow, with its specification and its data, is read, run and written at each step.
No layer of ours: its own parser, its own serializer, no journal, no list of tasks, no key.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.camunda.parser import CamundaParser
from SpiffWorkflow.camunda.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Column, MetaData, Table, Text, Uuid, bindparam, insert, select, update

from app.bench.script import Work, pack
from app.database import Database

_TABLE = Table(
    "naive_workflow",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
)
_READ = select(_TABLE.c.state).where(_TABLE.c.id == bindparam("workflow")).with_for_update()
_WRITE = update(_TABLE).where(_TABLE.c.id == bindparam("workflow"))
#: Three kilobytes of a dossier, which such programs keep in the data of the workflow.
_DATA = {
    "applicant": {"name": "Commune de Mesure", "siret": "21550029200017", "place": "55029"},
    "expenses": [{"label": f"Dépense {n}", "amount": f"{n * 1234}.50"} for n in range(24)],
    "pieces": [{"name": f"devis-{n}.pdf", "sha256": f"{n:064x}"} for n in range(12)],
}


class Naive:
    """Workflows of the measured diagram, in a table of their own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.serializer = BpmnWorkflowSerializer(
            BpmnWorkflowSerializer.configure(DEFAULT_CONFIG)
        )
        parser = CamundaParser()
        parser.add_bpmn_str(pack().diagram)
        self.spec = parser.get_spec("benchmark")
        self.inner = parser.get_subprocess_specs("benchmark")
        _TABLE.metadata.create_all(database.engine)

    def file(self) -> UUID:
        """A workflow just begun."""
        workflow = BpmnWorkflow(self.spec, self.inner)
        workflow.task_tree.data.update(_DATA)
        workflow.do_engine_steps()
        workflow_id = uuid4()
        row = {"id": workflow_id, "state": self.serializer.serialize_json(workflow)}
        with self.database.engine.begin() as connection:
            connection.execute(insert(_TABLE), row)
        return workflow_id

    def do(self, workflow_id: UUID, work: Work) -> int:
        """Complete one task; how many bytes the state has become."""
        with self.database.engine.begin() as connection:
            state = connection.execute(_READ, {"workflow": workflow_id}).scalar_one()
            workflow = self.serializer.deserialize_json(state)
            task = next(_ready(workflow, work.step))
            task.data.update(work.variables)
            task.data[work.step] = work.answers["comment"]
            task.run()
            workflow.do_engine_steps()
            state = self.serializer.serialize_json(workflow)
            connection.execute(_WRITE, {"workflow": workflow_id, "state": state})
        return len(state)


def _ready(workflow: BpmnWorkflow, step: str) -> Iterator[Any]:
    """The tasks of that step that wait; those of a multi-instance are called « step [child] »."""
    for task in workflow.get_tasks(state=TaskState.READY, manual=True):
        if task.task_spec.name.partition(" ")[0] == step:
            yield task
