"""Which archives and drawings try to escape, to read the machine or to exhaust it?"""

import stat
import struct
import zipfile
from collections.abc import Callable

from tests.unit.catalogue.attacks import (
    RUN,
    TOY,
    diagram,
    entry,
    mode,
    named,
    patched,
    process,
    squeezed_by,
    xml,
    zipped,
)
from tests.unit.engine import drawing as d

LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
NAMES = [f"n{number}" for number in range(1_900)]

#: name: (the archive, words of a sentence that answers it)
OUTSIDE: dict[str, tuple[Callable[[], bytes], str]] = {
    # -- the archive itself
    "not a zip": (lambda: b"hello", "archive lisible"),
    "nothing": (lambda: b"", "archive lisible"),
    "a zip of nothing": (lambda: zipped({}), "ce fichier manque"),
    "half a zip": (lambda: zipped(TOY)[:900], "archive lisible"),
    "a program before the zip": (lambda: b"MZ" + zipped(TOY), "archive lisible"),
    "bytes changed inside": (
        lambda: zipped(TOY, squeeze=False).replace(b"format = 1", b"format = 2", 1),
        "archive lisible",
    ),
    "more than the limit": (lambda: b"PK\x03\x04" + b"x" * 20_000_001, "trop grosse"),
    "a bomb": (lambda: entry(squeezed_by(zipfile.ZIP_DEFLATED), b"0" * 15_000_000), "suspecte"),
    "a bomb of two layers": (
        lambda: named("inner.zip", named("bomb.txt", b"0" * 1_000_000)),
        "n’a pas sa place",
    ),
    "a size that lies": (
        lambda: patched(
            zipped(TOY, squeeze=False), b"PK\x01\x02", 24, struct.pack("<L", 1_900_000_000)
        ),
        "trop de fichiers, ou de trop gros",
    ),
    "a size that lies downwards": (
        lambda: patched(zipped(TOY), b"PK\x01\x02", 24, struct.pack("<L", 3)),
        "archive lisible",
    ),
    "a table of a million names": (
        lambda: patched(zipped(TOY), b"PK\x05\x06", 8, b"\xff\xff\xff\xff"),
        "trop de fichiers",
    ),
    "a table of four gigabytes": (
        lambda: patched(zipped(TOY), b"PK\x05\x06", 12, b"\xff\xff\xff\xff"),
        "trop de fichiers",
    ),
    "four hundred files": (
        lambda: zipped({**TOY, **{f"f{n}.txt": b"x" for n in range(400)}}),
        "trop de fichiers",
    ),
    "a password": (
        lambda: patched(zipped(TOY), b"PK\x01\x02", 8, b"\x01\x00"),
        "chiffrée",
    ),
    "bzip2": (lambda: entry(squeezed_by(zipfile.ZIP_BZIP2)), "d’une façon inconnue"),
    "lzma": (lambda: entry(squeezed_by(zipfile.ZIP_LZMA)), "d’une façon inconnue"),
    # -- names
    "up and out": (lambda: named("../../etc/cron.d/x.txt"), "nom de fichier"),
    "up from inside": (lambda: named("a/../../x.txt"), "nom de fichier"),
    "a folder up and out": (lambda: named("../x/", b""), "nom de fichier"),
    "an absolute path": (lambda: named("/etc/passwd"), "nom de fichier"),
    "a drive": (lambda: named("C:/x.txt"), "nom de fichier"),
    "a share": (lambda: named("//server/x.txt"), "nom de fichier"),
    "backslashes": (lambda: named("..\\..\\x.txt"), "nom de fichier"),
    "a stream": (lambda: named("x.txt:evil.exe"), "nom de fichier"),
    "a name written backwards": (lambda: named("x\u202etxt.toml"), "nom de fichier"),
    "a name on two lines": (lambda: named("a\nb.txt"), "nom de fichier"),
    "a name without end": (lambda: named("a" * 300 + ".txt"), "nom de fichier"),
    "folders without end": (lambda: named("a/" * 30 + "x.txt"), "nom de fichier"),
    "a name that ends with a dot": (lambda: named("x.txt. /y.txt"), "nom de fichier"),
    "twice, but for the case": (lambda: named("MANIFEST.toml"), "deux fois"),
    "twice, but for the accents": (
        lambda: zipped({**TOY, "é.txt": b"1", "e\u0301.txt": b"2"}),
        "deux fois",
    ),
    "a link": (lambda: entry(mode(stat.S_IFLNK), b"/etc/passwd"), "est un lien"),
    "a device": (lambda: entry(mode(stat.S_IFCHR)), "fichier ordinaire"),
    "a pipe": (lambda: entry(mode(stat.S_IFIFO)), "fichier ordinaire"),
    "a program": (lambda: named("evil.py", RUN.encode()), "n’a pas sa place"),
    "a library": (lambda: named("evil.so"), "n’a pas sa place"),
    "a hidden file": (lambda: named(".bashrc"), "n’a pas sa place"),
    "a web page of its own": (lambda: named("x.xhtml"), "n’a pas sa place"),
    # -- the drawing
    "a file of the machine in the drawing": (
        lambda: diagram(xml("[<!ENTITY x SYSTEM 'file:///etc/passwd'>]", "&x;")),
        "déclaration de type",
    ),
    "an address of the network": (
        lambda: diagram(xml("[<!ENTITY x SYSTEM 'http://127.0.0.1:1/x'>]", "&x;")),
        "déclaration de type",
    ),
    "a parameter entity": (
        lambda: diagram(xml("[<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]")),
        "déclaration de type",
    ),
    "a grammar from elsewhere": (
        lambda: diagram(xml("SYSTEM 'http://127.0.0.1:1/x.dtd'")),
        "déclaration de type",
    ),
    "a billion laughs": (
        lambda: diagram(xml(f"[<!ENTITY l0 'ha'>{LAUGHS}]", "&l9;")),
        "déclaration de type",
    ),
    "quadratic laughs": (
        lambda: diagram(xml(f"[<!ENTITY q '{'A' * 100_000}'>]", "&q;" * 10_000)),
        "déclaration de type",
    ),
    "a grammar in another alphabet": (
        lambda: diagram(xml("[<!ENTITY x 'y'>]").decode().encode("utf-16")),
        "déclaration de type",
    ),
    "a hundred thousand levels": (
        lambda: diagram(b"<a>" * 100_000 + b"</a>" * 100_000),
        "XML lisible",
    ),
    "a name of five megabytes": (
        lambda: diagram(b"<a b='" + b"x" * 5_100_000 + b"'/>"),
        "trop gros",
    ),
    "another language than BPMN": (lambda: diagram(b"<a/>"), "diagramme BPMN"),
    "thousands of nodes": (
        lambda: process(*(d.user(f"u{number}") for number in range(2_100))),
        "plus de 2000 éléments",
    ),
    "thousands of joins": (
        lambda: process(
            d.fork("f", "j"),
            d.flow("s", "f"),
            *(d.user(name) + d.path("f", name, "j") for name in NAMES),
            d.flow("j", "e"),
        ),
        "trop enchevêtré",
    ),
    "a circle that never waits": (
        lambda: process(
            d.choice("m"),
            d.script("z", "n = 1"),
            d.choice("x", "out"),
            d.path("s", "m", "z", "x"),
            d.flow("x", "m", "True"),
            d.flow("x", "e", named="out"),
        ),
        "n’attend jamais personne",
    ),
    "a process that calls itself": (
        lambda: process(
            d.el("callActivity", "a", calledElement="reading_prize"), d.path("s", "a", "e")
        ),
        "s’appelle lui-même",
    ),
}
