"""How does a diagram from another tool become a pack to finish? Its files, with the blanks left blank.

What cannot be guessed (who holds a lane, what a step asks) is written empty, so that `check` asks
for it by name.
"""

import json
import unicodedata

from app.catalogue.manifest import FORMAT, PLACE
from app.catalogue.pack import DIAGRAM
from app.domain.permissions import Role
from app.engine.draft import Draft

FILING_STEP = "FileRequest"
_HUMAN = frozenset({"userTask", "manualTask"})


def skeleton(draft: Draft) -> dict[str, bytes]:
    """The files of a pack made of a draft: its diagram, and a manifest to fill in."""
    return {DIAGRAM: draft.xml, PLACE: _manifest(draft).encode()}


def key_of(title: str) -> str:
    """A key made of a title: « Aide à l’équipement » gives `aide_a_l_equipement`."""
    plain = (
        unicodedata.normalize("NFKD", title.replace("’", " "))
        .encode("ascii", "ignore")
        .decode()
    )
    spaced = "".join(sign if sign.isalnum() else " " for sign in plain.lower())
    return "_".join(spaced.split())[:60] or "type_importe"


def _manifest(draft: Draft) -> str:
    key = key_of(draft.title)
    lines = [
        "# Tiré d’un dessin : complétez ce que demande « liasse check ».",
        f"format = {FORMAT}",
        f"key = {_quoted(key)}",
        f"title = {_quoted(draft.title)}",
        f"process = {_quoted(draft.process_id)}",
        f"reference = {_quoted('{year}-' + key[:8].strip('_').upper() + '-{number:05d}')}",
        f"filing_step = {_quoted(FILING_STEP)}",
        "",
        f"# Le rôle de chaque couloir : {', '.join(role.value for role in Role)}.",
        "[lanes]",
    ]
    for lane, name in draft.lanes.items():
        lines.append(f'{_quoted(lane)} = ""  # {_comment(name or lane)}')
    lines += [
        "",
        f"[steps.{FILING_STEP}]",
        'title = "Déposer la demande"',
        f"[[steps.{FILING_STEP}.fields]]",
        'name = "title"',
        'label = "Intitulé de la demande"',
        'type = "text"',
        "required = true",
    ]
    for node in draft.nodes:
        if node.kind in _HUMAN:
            lines += [
                "",
                f"[steps.{_quoted(node.id)}]",
                f"title = {_quoted(node.name or node.id)}",
                "fields = []  # les questions de cette étape",
            ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML, which escapes as JSON does but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
