"""How does `manifest.toml` become the words of a pack? And what does it get wrong, precisely?"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from app.catalogue.clocks import read_clock
from app.catalogue.contract import (
    FACT_SOURCES,
    FACT_TYPES,
    FIELD_TYPES,
    USUAL_FORMATS,
    Choice,
    Deadline,
    DocumentKind,
    Fact,
    Field,
    Mail,
    Manifest,
    Message,
    PackRefused,
    Phase,
    Problem,
    Rule,
    Scheme,
    StatusLabel,
    Step,
    Text,
)
from app.catalogue.ladders import read_ladder
from app.catalogue.reading import Table, read_toml
from app.catalogue.status_labels import STATUS_LABELS
from app.domain.audience import AUDIENCES
from app.domain.permissions import Role
from app.domain.status import DossierStatus

FORMAT = 1
PLACE = "manifest.toml"
MAX_STEPS = 500
_ROLES = tuple(role.value for role in Role)
_STATUSES = tuple(status.value for status in DossierStatus)
_REFERENCE = re.compile(r"(?:[^{}]|\{year\}|\{number(?::0\d?d|:d)?\}){0,80}")
_MOMENTS = ("passed", "opened", "completed", "service", "event")
_COMPUTED_FORMATS = ("text", "euros", "percent", "date", "list", "integer", "yesno")
#: A key names folders, addresses and rows.
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
MAX_TITLE = 200
T = TypeVar("T")
Builder = Callable[[str, Table], T]


def parse_manifest(data: bytes) -> Manifest:
    """The manifest, understood. Refuses PackRefused with every problem found."""
    problems: list[Problem] = []
    manifest = read_manifest(data, problems)
    if manifest is None or problems:
        raise PackRefused(tuple(problems))
    return manifest


def read_manifest(data: bytes, problems: list[Problem]) -> Manifest | None:
    """The manifest as far as it can be understood; None when it is not TOML or not ours."""
    raw = read_toml(data, PLACE, problems)
    if raw is None:
        return None
    top = Table(raw, PLACE, problems)
    if top.number("format") != FORMAT:
        top.refuse(f"«\u00a0format\u00a0» doit valoir {FORMAT}, seule version connue.")
        return None
    steps = raw.get("steps")
    if isinstance(steps, dict) and len(steps) > MAX_STEPS:
        top.refuse(f"il y a plus de {MAX_STEPS} étapes.")
        return None
    manifest = _whole(top)
    top.finish()
    return manifest


def _whole(top: Table) -> Manifest:
    phases = _by("key", top.rows("phases", "phase"), _phase)
    keys = tuple(phases)
    return Manifest(
        key=_key(top),
        title=_title(top),
        process=top.string("process", required=True),
        reference=_reference(top),
        filing_step=top.string("filing_step", required=True),
        summary=top.text("summary"),
        lanes=_lanes(top),
        schemes=tuple(_by("code", top.rows("schemes", "dispositif"), _scheme).values()),
        phases=tuple(phases.values()),
        statuses=_statuses(top),
        steps={name: _step(name, table, keys) for name, table in top.named("steps", "étape")},
        documents=tuple(_by("key", top.rows("documents", "pièce"), _document).values()),
        mails=tuple(_mail(table) for table in top.rows("mails", "courriel")),
        messages={name: _message(name, one) for name, one in top.named("messages", "message")},
        facts={name: _fact(name, table) for name, table in top.named("facts", "fait")},
        clocks=tuple(_by("key", top.rows("clocks", "délai"), read_clock).values()),
        ladders={name: read_ladder(name, one) for name, one in top.named("ladders", "échelle")},
        shared=top.strings("shared"),
    )


def _by(key: str, rows: Iterable[Table], build: Builder[T]) -> dict[str, T]:
    """The built rows by key; two rows of the same key are a problem."""
    found: dict[str, T] = {}
    for table in rows:
        name = table.string(key, required=True)
        if name in found:
            table.refuse(f"«\u00a0{name}\u00a0» est écrit deux fois.")
        found[name] = build(name, table)
        table.finish()
    return found


def _key(top: Table) -> str:
    key = top.string("key", required=True)
    if key and not KEY.fullmatch(key):
        top.refuse(
            "« key » ne peut contenir que des minuscules sans accent, des chiffres et "
            "« _ », 60 au plus."
        )
    return key


def _title(top: Table) -> Text:
    title = top.text("title", required=True)
    if len(title.fr) > MAX_TITLE:
        top.refuse(f"le titre est trop long : {MAX_TITLE} caractères au plus.")
    return title


def _reference(top: Table) -> str:
    pattern = top.string("reference", required=True)
    # Checked by form: `format` would follow {number.real} and fill {number:999999999d}.
    if not _REFERENCE.fullmatch(pattern):
        top.refuse("«\u00a0reference\u00a0» ne peut contenir que {year} et {number:05d}.")
    return pattern


def _lanes(top: Table) -> dict[str, str]:
    lanes = top.mapping("lanes")
    for lane, role in lanes.items():
        if role not in _ROLES:
            top.refuse(f"le couloir {lane} désigne le rôle «\u00a0{role}\u00a0», inconnu.")
    return lanes


def _phase(key: str, table: Table) -> Phase:
    return Phase(key=key, title=table.text("title", required=True))


def _scheme(code: str, table: Table) -> Scheme:
    return Scheme(
        code=code,
        title=table.text("title", required=True),
        summary=table.text("summary"),
        who=table.texts("who"),
        what=table.texts("what"),
        amount=table.text("amount"),
        excluded=table.texts("excluded"),
        delays=table.texts("delays"),
    )


def _statuses(top: Table) -> dict[DossierStatus, StatusLabel]:
    labels = dict(STATUS_LABELS)
    for name, table in top.named("statuses", "statut"):
        if name not in _STATUSES:
            table.refuse("ce statut n’existe pas.")
            continue
        usual = labels[DossierStatus(name)]
        labels[DossierStatus(name)] = replace(
            usual,
            label=table.text("label") or usual.label,
            public=table.text("public") or usual.public,
            waiting_for=table.one_of(
                "waiting_for", ("applicant", "administration", "nobody"), usual.waiting_for
            ),
        )
        table.finish()
    return labels


def _step(key: str, table: Table, phases: tuple[str, ...]) -> Step:
    status = table.one_of("status", _STATUSES)
    step = Step(
        key=key,
        title=table.text("title"),
        help=table.text("help"),
        button=table.text("button"),
        phase=table.one_of("phase", phases) or None,
        status=DossierStatus(status) if status else None,
        public=table.text("public"),
        deadline=_deadline(table),
        reminders=table.optional("reminders"),
        reminders_by_scheme=table.mapping("reminders_by_scheme"),
        priority=table.integer("priority", 50),
        effect=table.optional("effect"),
        sets=table.strings("sets"),
        four_eyes=table.strings("four_eyes"),
        assignee=table.optional("assignee"),
        fields=tuple(_by("name", table.rows("fields", "champ"), _field).values()),
        rules=tuple(_rule(one) for one in table.rows("rules", "règle")),
    )
    table.finish()
    return step


def _deadline(table: Table) -> Deadline | None:
    inner = table.table("deadline", f"{table.place}, délai")
    if inner is None:
        return None
    deadline = Deadline(
        working_days=inner.number("working_days"),
        days=inner.number("days"),
        months=inner.number("months"),
        variable=inner.optional("variable"),
        clock=inner.optional("clock"),
    )
    given = (
        deadline.working_days,
        deadline.days,
        deadline.months,
        deadline.variable,
        deadline.clock,
    )
    if sum(one is not None for one in given) != 1:
        inner.refuse(
            "il faut une seule de ces clés\u00a0: working_days, days, months, variable, clock."
        )
    inner.finish()
    return deadline


def _rule(table: Table) -> Rule:
    rule = Rule(
        expect=table.string("expect", required=True),
        sentence=table.text("sentence", required=True),
        field=table.string("field", required=True),
    )
    table.finish()
    return rule


def _choice(value: str, table: Table) -> Choice:
    return Choice(value, table.text("label", required=True), table.text("help"))


def _field(name: str, table: Table) -> Field:
    kind = table.one_of("type", FIELD_TYPES, "text", required=True)
    choices = _by("value", table.rows("choices", "réponse"), _choice)
    if kind in ("choice", "multichoice") and not choices:
        table.refuse("un choix doit proposer des réponses (choices).")
    if kind == "computed" and not table.has("value"):
        table.refuse("un champ calculé doit dire sa valeur (value).")
    return Field(
        name=name,
        label=table.text("label", required=True),
        type=kind,
        required=table.flag("required"),
        choices=tuple(choices.values()),
        variable=table.optional("variable"),
        fact=table.optional("fact"),
        facts=table.mapping("facts"),
        role=table.one_of("role", _ROLES) or None,
        list=table.optional("list"),
        pieces_of=table.optional("pieces_of"),
        balance=table.optional("balance"),
        request=table.optional("request"),
        rows=table.integer("rows"),
        max_length=table.integer("max_length"),
        help=table.text("help"),
        section=table.text("section"),
        min_sentence=table.text("min_sentence"),
        max_sentence=table.text("max_sentence"),
        show_if=table.expression("show_if"),
        min=table.expression("min"),
        max=table.expression("max"),
        default=table.expression("default"),
        value=table.expression("value"),
        format=table.one_of("format", _COMPUTED_FORMATS, "text"),
    )


def _document(key: str, table: Table) -> DocumentKind:
    return DocumentKind(
        key=key,
        title=table.text("title", required=True),
        step=table.string("step", required=True),
        help=table.text("help"),
        required=table.string("required", "never"),
        offered=table.string("offered", "always"),
        formats=table.strings("formats", USUAL_FORMATS),
        max_mb=table.integer("max_mb", 20),
        multiple=table.flag("multiple"),
        template=table.optional("template"),
    )


def _mail(table: Table) -> Mail:
    moment, _, subject = table.string("on", required=True).partition(":")
    to = table.string("to", required=True)
    if moment not in _MOMENTS or not subject:
        table.refuse(
            "«\u00a0on\u00a0» doit s’écrire passed:Étape, opened:Étape, completed:Étape, "
            "service:Étape ou event:fait."
        )
    if to not in AUDIENCES:
        table.refuse(f"le destinataire «\u00a0{to}\u00a0» est inconnu.")
    mail = Mail(
        table.string("key", required=True), moment, subject, to, table.expression("when")
    )
    table.finish()
    return mail


def _message(name: str, table: Table) -> Message:
    form = Step(
        key=name,
        title=table.text("title"),
        help=table.text("help"),
        button=table.text("button"),
        fields=tuple(_by("name", table.rows("fields", "champ"), _field).values()),
        rules=tuple(_rule(one) for one in table.rows("rules", "règle")),
    )
    by = table.strings("by")
    for role in sorted(set(by) - set(_ROLES)):
        table.refuse(f"le rôle «\u00a0{role}\u00a0» est inconnu.")
    if by and not form.title:
        table.refuse("il manque le texte «\u00a0title\u00a0», que liront les personnes.")
    message = Message(
        name=name,
        sets=table.strings("sets"),
        form=form,
        by=by,
        effect=table.optional("effect"),
        correlation=table.expression("correlation"),
        refusal=table.text("refusal"),
    )
    table.finish()
    return message


def _fact(name: str, table: Table) -> Fact:
    fact = Fact(
        name=name,
        type=table.one_of("type", FACT_TYPES, "text", required=True),
        source=table.one_of("source", FACT_SOURCES, "form", required=True),
        label=table.text("label"),
    )
    table.finish()
    return fact
