"""How is a hostile pack made? The toy type of `tests/cartridge` with one thing changed, as a .zip."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from app.catalogue.archive import read_folder
from tests.unit.engine import drawing as d

TOY = read_folder(Path(__file__).parents[2] / "cartridge/processes/reading_prize")
Files = dict[str, bytes]
LONG = 30_000
#: What nothing of an attack may ever create.
CANARY = Path("/tmp/liasse-canary")
RUN = f"__import__('os').system('touch {CANARY}')"


def zipped(files: Mapping[str, bytes], *, squeeze: bool = True) -> bytes:
    """An archive; what is long is not compressed, so as not to look like a bomb."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            small = squeeze and len(content) < LONG
            kind = zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED
            archive.writestr(name, content, kind)
    return buffer.getvalue()


def toy(**changed: bytes) -> Files:
    """The toy type, with files replaced or added (`__` for a dot, `_` as it is)."""
    return {**TOY, **{name.replace("__", "."): data for name, data in changed.items()}}


def manifest(extra: str | bytes) -> bytes:
    """The toy type with lines at the end of its manifest."""
    more = extra.encode() if isinstance(extra, str) else extra
    return zipped(toy(manifest__toml=TOY["manifest.toml"] + b"\n" + more))


def manifest_with(old: str, new: str) -> bytes:
    text = TOY["manifest.toml"].decode()
    assert old in text
    return zipped(toy(manifest__toml=text.replace(old, new).encode()))


def diagram(data: bytes) -> bytes:
    return zipped(toy(process__bpmn=data))


def process(*parts: str, before: str = "") -> bytes:
    """The toy type with another process of the same name."""
    body = d.process(d.start(), d.end(), *parts, name="reading_prize")
    return diagram(d.diagram(before, body))


def condition(text: str) -> bytes:
    return process(
        d.choice("g", "fd"),
        d.user("ReviewEntry"),
        d.path("s", "g"),
        d.flow("g", "ReviewEntry", text),
        d.flow("g", "e", named="fd"),
        d.flow("ReviewEntry", "e"),
    )


def table(cell: str, *, text: str = '"x"') -> bytes:
    return zipped(toy(aid__dmn=_table(cell, text)))


def _table(cell: str, text: str) -> bytes:
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="t" name="t" '
        'namespace="n"><decision id="aid" name="aid"><decisionTable id="dt" hitPolicy="UNIQUE">'
        '<input id="i"><inputExpression id="ie" typeRef="number"><text>pages</text>'
        '</inputExpression></input><output id="o" name="aid" typeRef="string"/>'
        f'<rule id="r"><inputEntry id="c"><text>{cell}</text></inputEntry>'
        f'<outputEntry id="oe"><text>{text}</text></outputEntry></rule>'
        "</decisionTable></decision></definitions>"
    ).encode()


def rules(number: int, cell: str) -> bytes:
    """A table of so many rules."""
    one, rest = _table(cell, '"x"').decode().split("<rule", 1)
    rule, after = rest.split("</rule>", 1)
    every = "".join(
        f"<rule{rule}</rule>".replace('id="', f'id="n{rank}') for rank in range(number)
    )
    return f"{one}{every}{after}".encode()


def xml(dtd: str, inside: str = "") -> bytes:
    return f"<?xml version='1.0'?><!DOCTYPE r {dtd}><r>{inside}</r>".encode()


def named(name: str, data: bytes = b"x") -> bytes:
    return zipped({**TOY, name: data})


def entry(change: Callable[[zipfile.ZipInfo], None], data: bytes = b"x") -> bytes:
    """The toy type with one more entry, made by hand."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in TOY.items():
            archive.writestr(name, content)
        made = zipfile.ZipInfo("extra.txt")
        change(made)
        archive.writestr(made, data)
    return buffer.getvalue()


def mode(kind: int) -> Callable[[zipfile.ZipInfo], None]:
    def change(made: zipfile.ZipInfo) -> None:
        made.create_system, made.external_attr = 3, (kind | 0o777) << 16

    return change


def squeezed_by(kind: int) -> Callable[[zipfile.ZipInfo], None]:
    def change(made: zipfile.ZipInfo) -> None:
        made.compress_type = kind

    return change


def patched(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The archive with bytes changed after the last place of a mark."""
    at = data.rindex(mark) + offset
    return data[:at] + value + data[at + len(value) :]


def chain_of_calls(depth: int) -> bytes:
    """Each process calls the next one twice: two to the power of the depth in all."""
    processes = []
    for number in range(depth):
        name = f"p{number}" if number else "reading_prize"
        s, e, a, b = (f"{kind}{number}" for kind in "seab")
        calls = (
            d.el("callActivity", a, calledElement=f"p{number + 1}")
            + d.el("callActivity", b, calledElement=f"p{number + 1}")
            if number < depth - 1
            else d.el("task", a) + d.el("task", b)
        )
        body = d.start(s) + d.end(e) + calls + d.path(s, a, b, e)
        processes.append(d.process(body, name=name))
    return diagram(d.diagram(*processes))


def played(*parts: str) -> bytes:
    """A process played by a scenario that waits until the end of the century."""
    scenario = b"""format = 1
title = "x"
start = 2026-03-02
[file.answers]
title = "x"
pages = 90
[[moves]]
at = 2099-01-01
"""
    body = d.process(d.start(), d.end(), *parts, name="reading_prize")
    kept = {name: data for name, data in TOY.items() if not name.startswith("scenarios/")}
    return zipped({**kept, "process.bpmn": d.diagram(body), "scenarios/x.toml": scenario})


def one(node: str, name: str = "a") -> tuple[str, str]:
    """One node between the start and the end."""
    return node, d.path("s", name, "e")
