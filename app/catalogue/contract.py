"""What is a dossier type made of? The frozen words of a pack, once read and understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.errors import Refusal
from app.domain.ladder import Ladder
from app.domain.legal_clock.duration import Unit
from app.domain.legal_clock.facts import FactKind
from app.domain.legal_clock.rule import Basis, ClockRule
from app.domain.status import DossierStatus

FIELD_TYPES = (
    "text",
    "longtext",
    "integer",
    "euros",
    "percent",
    "date",
    "choice",
    "multichoice",
    "yesno",
    "attest",
    "siret",
    "rna",
    "iban",
    "email",
    "phone",
    "commune",
    "epci",
    "pieces",
    "lines",
    "funding_plan",
    "persons",
    "person",
    "listed",
    "computed",
)
USUAL_FORMATS = ("pdf", "jpg", "png", "odt", "docx", "xlsx", "ods")
FACT_TYPES = ("text", "integer", "euros", "ratio", "yesno", "date", "list")
FACT_SOURCES = ("form", "organisation", "effect")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a pack that does not fit: where, and what, in one French sentence."""

    place: str
    sentence: str

    def __str__(self) -> str:
        """The line shown by `liasse check`."""
        return f"{self.place}\u00a0: {self.sentence}" if self.place else self.sentence


class PackRefused(Refusal):
    """A dossier type cannot be read; `problems` says why, one sentence each."""

    sentence = "Ce type de dossier ne peut pas être lu\u00a0: {first}"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(first=str(problems[0]) if problems else "")


@dataclass(frozen=True, slots=True)
class Text:
    """A text shown to people: French is the source, other languages are translations."""

    fr: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)

    def to(self, language: str) -> str:
        """The text in that language, French when nobody translated it."""
        return self.translations.get(language, self.fr)

    def __str__(self) -> str:
        """The French text."""
        return self.fr

    def __bool__(self) -> bool:
        """There is something to show."""
        return bool(self.fr)


NOTHING = Text()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer offered by a choice."""

    value: str
    label: Text
    help: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    name: str
    label: Text
    type: str
    required: bool = False
    help: Text = NOTHING
    section: Text = NOTHING  #: Starts a new section of the form under this title
    choices: tuple[Choice, ...] = ()
    variable: str | None = None  #: Routing variable written to the engine
    fact: str | None = None  #: Fact of the dossier updated by the answer
    facts: Mapping[str, str] = field(default_factory=dict)  #: Part of the answer -> fact
    show_if: str | None = None  #: Expression: the question is asked only when true
    min: str | None = None  #: Expression: the least accepted
    max: str | None = None  #: Expression: the most accepted
    min_sentence: Text = NOTHING
    max_sentence: Text = NOTHING
    default: str | None = None  #: Expression over facts and variables
    value: str | None = None  #: Expression shown by a computed field
    format: str = "text"  #: How a computed value reads: text, euros, percent, date, list
    role: str | None = None  #: Which persons are offered
    list: str | None = None  #: listed: which list of the house is offered, as `envelopes`
    pieces_of: str | None = None  #: pieces: the step whose documents are offered
    balance: str | None = None  #: funding_plan: the field whose total must be reached
    request: str | None = None  #: funding_plan: the field holding the aid asked for
    rows: int = 0  #: lines, funding_plan: empty rows shown at first
    max_length: int = 0  #: text, longtext


@dataclass(frozen=True, slots=True)
class Rule:
    """A check between answers: `expect` must hold, or `sentence` is shown at `field`."""

    expect: str
    sentence: Text
    field: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a step is due: counted from its opening, read in a variable, or the end of a delay."""

    working_days: int | None = None
    days: int | None = None
    months: int | None = None
    variable: str | None = None
    clock: str | None = None  #: A delay of the pack: the step is due the day it ends


@dataclass(frozen=True, slots=True)
class Step:
    """What the pack says of one node of the diagram (or of the filing form)."""

    key: str
    title: Text = NOTHING
    help: Text = NOTHING
    button: Text = NOTHING
    phase: str | None = None
    status: DossierStatus | None = None
    public: Text = NOTHING
    deadline: Deadline | None = None
    reminders: str | None = None  #: Ladder of reminders, of the type or of the house
    #: Another ladder for some schemes; an empty name for none at all.
    reminders_by_scheme: Mapping[str, str] = field(default_factory=dict)
    priority: int = 50
    effect: str | None = None
    sets: tuple[str, ...] = ()  #: Variables its effect writes
    four_eyes: tuple[str, ...] = ()
    assignee: str | None = None
    fields: tuple[Field, ...] = ()
    rules: tuple[Rule, ...] = ()

    def ladder(self, scheme: str | None) -> str | None:
        """The name of the ladder that reminds of this step in a dossier of that scheme."""
        return self.reminders_by_scheme.get(scheme or "", self.reminders) or None

    def field(self, name: str) -> Field:
        """The question of that name; KeyError when there is none."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A piece to attach: when it is offered, when it is required."""

    key: str
    title: Text
    step: str
    help: Text = NOTHING
    required: str = "never"  #: `always`, `never`, or an expression over facts
    offered: str = "always"  #: the same: a piece not offered is not shown at all
    formats: tuple[str, ...] = USUAL_FORMATS
    max_mb: int = 20
    multiple: bool = False
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail sent because something happened."""

    key: str
    #: `passed`, `opened`, `completed`, `service` (a step) or `event` (a journal kind)
    moment: str
    subject: str  #: The step or the journal kind
    to: str  #: `applicant`, `owner`, `officer`, `assignee`, `role:<role>`
    when: str | None = None  #: Expression over variables and facts


@dataclass(frozen=True, slots=True)
class Scheme:
    """An aid scheme, as the public page tells it."""

    code: str
    title: Text
    summary: Text = NOTHING
    who: tuple[Text, ...] = ()
    what: tuple[Text, ...] = ()
    excluded: tuple[Text, ...] = ()
    amount: Text = NOTHING
    delays: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Phase:
    """A macro-step shown on the dossier's line of progress."""

    key: str
    title: Text


@dataclass(frozen=True, slots=True)
class StatusLabel:
    """How a status reads, for staff and for the applicant, and who must act."""

    label: Text
    public: Text
    waiting_for: str = "administration"  #: `applicant`, `administration`, `nobody`


@dataclass(frozen=True, slots=True)
class Message:
    """A message the process waits for, and the variables its payload brings.

    With `by` it is also something people may send at any time, through the form of `form`.
    """

    name: str
    sets: tuple[str, ...] = ()
    form: Step = Step("")  #: Its title, help, button and questions, read as those of a step
    by: tuple[str, ...] = ()  #: Roles that may send it from the page of the dossier
    effect: str | None = None  #: What it changes besides the process
    correlation: str | None = (
        None  #: Expression: which dossier it is for, when no reference is given
    )
    refusal: Text = NOTHING  #: What people read when the dossier does not wait for it


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of the dossier that rules and expressions may read."""

    name: str
    type: str
    source: str
    label: Text = NOTHING


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """Something of the dossier that matters to a delay, and what it does to it."""

    does: FactKind
    on: str  #: `event:filed`, `passed:Étape`, `opened:Étape`, `completed:Étape`
    cause: str  #: In French, without a capital: « demande reçue »
    date: str | None = None  #: Answer of the step, or `fact:<name>`: the day it takes effect
    until: str | None = None  #: extend: the answer that gives the new due day
    term_of: str | None = None  #: suspend: the step whose deadline is the time given
    anchor: str = "day"  #: `year_end`: it takes effect on 31 December of that year
    where: Mapping[str, str] = field(
        default_factory=dict
    )  #: Answers it needs: {kind = "final"}
    applicants: tuple[str, ...] = ()  #: Kinds of applicants it concerns; all when empty

    @property
    def moment(self) -> str:
        """`event`, `passed`, `opened` or `completed`."""
        return self.on.partition(":")[0]

    @property
    def subject(self) -> str:
        """The step, or the kind of the journal entry."""
        return self.on.partition(":")[2]


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """A delay as the pack declares it; the law's or the aid rules'."""

    key: str
    title: Text
    basis: Basis
    whose: str  #: Who has to act before it ends: `administration` or `applicant`
    rule: ClockRule  #: Its length is a placeholder when `from_rules` gives it
    from_rules: str | None = None  #: `start`, `completion`: the months of the scheme
    applicants: tuple[str, ...] = ()
    events: tuple[ClockEvent, ...] = ()
    by_hand: tuple[FactKind, ...] = ()  #: What an officer may enter
    extension_unit: Unit | None = None
    expiry: Text = NOTHING  #: What follows when nobody acted
    public: Text = NOTHING  #: The same delay in the words of the applicant; hidden when empty
    source: str = ""  #: Where the delay comes from

    def concerns(self, applicant_type: str | None) -> bool:
        """Does this delay exist for that kind of applicant?"""
        return not self.applicants or applicant_type in self.applicants

    @property
    def ends_by_vote(self) -> bool:
        """Is it the vote of a session that ends it?"""
        return any(event.date == "fact:voted_date" for event in self.events)


@dataclass(frozen=True)
class Manifest:
    """The whole of `manifest.toml`, understood."""

    key: str
    title: Text
    process: str
    reference: str
    filing_step: str
    summary: Text
    lanes: Mapping[str, str]
    schemes: tuple[Scheme, ...]
    phases: tuple[Phase, ...]
    statuses: Mapping[DossierStatus, StatusLabel]
    steps: Mapping[str, Step]
    documents: tuple[DocumentKind, ...]
    mails: tuple[Mail, ...]
    messages: Mapping[str, Message]
    facts: Mapping[str, Fact]
    clocks: tuple[ClockSpec, ...]
    #: Ladders of reminders of this type; one named as the house's takes its place.
    ladders: Mapping[str, Ladder]
    shared: tuple[str, ...]  #: Files of `processes/shared/` this type calls
