"""Which texts inside a pack try to run something, or never to end?"""

from collections.abc import Callable

from tests.unit.catalogue.attacks import (
    RUN,
    chain_of_calls,
    condition,
    manifest,
    manifest_with,
    one,
    played,
    process,
    rules,
    table,
    toy,
    xml,
    zipped,
)
from tests.unit.engine import drawing as d

WORDS = "k" * 200_000

#: name: (the archive, words of a sentence that answers it)
INSIDE: dict[str, tuple[Callable[[], bytes], str]] = {
    # -- expressions
    "import in a condition": (lambda: condition(RUN), "seules les fonctions nommées"),
    "import in a script": (
        lambda: process(d.script("z", "import os"), d.path("s", "z", "e")),
        "« import » n’est pas de ce langage",
    ),
    "a program in a script": (
        lambda: process(d.script("z", f"x = {RUN}"), d.path("s", "z", "e")),
        "seules les fonctions nommées",
    ),
    "subclasses of object": (
        lambda: condition("().__class__.__base__.__subclasses__()"),
        "seules les fonctions nommées",
    ),
    "a private name": (lambda: condition("x.__globals__"), "est réservé"),
    "a private name in full width": (
        lambda: condition("x.\uff3f\uff3fclass\uff3f\uff3f"),
        "mal écrite",
    ),
    "a frame": (lambda: condition("(lambda: 0).gi_frame"), "lambda"),
    "the builtins": (lambda: condition("open('/etc/passwd')"), "fonction inconnue"),
    "eval": (lambda: condition("eval('1')"), "fonction inconnue"),
    "getattr": (lambda: condition("getattr(x, 'y')"), "fonction inconnue"),
    "a format that looks inside": (
        lambda: condition("'{0.__class__}'.format(1)"),
        "seules les fonctions nommées",
    ),
    "an f-string": (lambda: condition("f'{x.__class__}'"), "texte à trous"),
    "a huge power": (lambda: condition("9**9**9 > 1"), "puissance"),
    "a shift": (lambda: condition("1 << 10**10"), "décalage"),
    "a number of thousands of digits": (lambda: condition("9" * 1_900), "trop grand"),
    "brackets without end": (lambda: condition("(" * 900 + "1" + ")" * 900), "mal écrite"),
    "a text of a megabyte": (lambda: condition("1 + " * 250_000 + "1"), "trop longue"),
    "a comprehension": (lambda: condition("[x for x in range(10**9)]"), "boucle"),
    "a program in a timer": (
        lambda: process(d.catch("t", d.dated(f"${{{RUN}}}")), d.path("s", "t", "e")),
        "seules les fonctions nommées",
    ),
    "a program in a list": (
        lambda: process(
            d.user("ReviewEntry", inner=d.each(RUN)), d.path("s", "ReviewEntry", "e")
        ),
        "seules les fonctions nommées",
    ),
    "a program that listens": (
        lambda: process(
            d.user(
                "ReviewEntry",
                inner=d.el("extensionElements", "", "<camunda:taskListener class='x.Y'/>"),
            ),
            d.path("s", "ReviewEntry", "e"),
        ),
        "rien ne s’exécute",
    ),
    "another language": (
        lambda: process(
            d.el("scriptTask", "z", d.el("script", "", "x"), scriptFormat="groovy"),
            d.path("s", "z", "e"),
        ),
        "autre langage",
    ),
    # -- the manifest
    "lists without end": (lambda: manifest("x = " + "[" * 100_000), "trop imbriquées"),
    "keys without end": (lambda: manifest(".".join(["a"] * 50_000) + " = 1"), "60 points"),
    "digits without end": (lambda: manifest("x = " + "9" * 200_000), "TOML lisible"),
    "a day that does not exist": (lambda: manifest("x = 2026-02-31"), "TOML lisible"),
    "not a text": (lambda: manifest(b"\xff\xfe\x00"), "TOML lisible"),
    "half a megabyte of words": (
        lambda: manifest("\n".join(f"# {number * 7919}" for number in range(60_000))),
        "trop gros",
    ),
    "thousands of steps": (
        lambda: manifest("\n".join(f"[steps.a{number}]" for number in range(600))),
        "plus de 500 étapes",
    ),
    "a reference wide as a disk": (
        lambda: manifest_with("{number:03d}", "{number:999999999d}"),
        "ne peut contenir que",
    ),
    "a reference that looks inside": (
        lambda: manifest_with("{number:03d}", "{number.__class__.__mro__}"),
        "ne peut contenir que",
    ),
    "a pattern that never ends": (
        lambda: manifest_with('type = "integer"', 'type = "integer"\npattern = "(a+)+$"'),
        "« pattern » est inconnu",
    ),
    "a program in a question": (
        lambda: manifest_with("verdict == 'no'", RUN.replace("'", "’")),
        "mal écrite",
    ),
    "subclasses in a question": (
        lambda: manifest_with("verdict == 'no'", "().__class__.__base__"),
        "est réservé",
    ),
    "a power in a computed field": (
        lambda: manifest_with("pages > 500", "9**9**9"),
        "puissance",
    ),
    "a file of the machine as a model": (
        lambda: manifest_with('formats = ["jpg", "png"]', 'template = "../../etc/passwd"'),
        "manque",
    ),
    "a shared file of the machine": (
        lambda: manifest_with("[lanes]", 'shared = ["../../../etc/passwd"]\n[lanes]'),
        "fichier partagé",
    ),
    "a name as long as a book": (lambda: manifest(f"[steps.{WORDS}]"), "ne figure pas"),
    # -- the tables
    "a file of the machine in a table": (
        lambda: zipped(toy(aid__dmn=xml("[<!ENTITY x SYSTEM 'file:///etc/passwd'>]", "&x;"))),
        "déclaration de type",
    ),
    "python in a cell": (lambda: table("__import__('os')"), "n’est pas lisible"),
    "a power in a result": (lambda: table("1", text="9**9**9"), "puissance"),
    "a program of Java in a table": (
        lambda: table("1", text='function() external {java: {class: "x"}}'),
        "n’est pas lisible",
    ),
    "cells without end": (
        lambda: zipped(
            toy() | {f"t{n}.dmn": rules(200, ",".join(map(str, range(400)))) for n in range(9)}
        ),
        "000 signes",
    ),
    "thousands of rules": (
        lambda: zipped(toy(aid__dmn=rules(9_000, "1"))),
        "000 signes",
    ),
    "brackets in a cell": (lambda: table("(" * 5_000), "Table « aid »"),
}

#: name: (the archive, words of what playing it says): sound to look at, stopped when played.
BOUNDED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a scenario that begins outside": (
        lambda: zipped(
            toy() | {"scenarios/x.toml": b'format = 1\ntitle = "x"\nbegin = "../../x"'}
        ),
        "manque",
    ),
    "a scenario that begins with itself": (
        lambda: zipped(
            toy() | {"scenarios/x.toml": b'format = 1\ntitle = "x"\nbegin = "x.toml"\n'}
        ),
        "manque",
    ),
    "a million repetitions": (
        lambda: played(*one(d.user("a", inner=d.times("1000000")))),
        "1000 répétitions",
    ),
    "a thousand times a thousand": (
        lambda: played(
            *one(
                d.sub(
                    "a",
                    d.start("is"),
                    d.end("ie"),
                    d.el("userTask", "i", d.times("1000")),
                    d.path("is", "i", "ie"),
                    d.times("1000"),
                )
            )
        ),
        "Une seule action",
    ),
    "two to the power of forty calls": (lambda: chain_of_calls(25), "sans jamais attendre"),
    "a service that calls itself back": (
        lambda: played(
            d.choice("m"),
            d.job("SendReceipt", "record_receipt"),
            d.choice("x", "out"),
            d.path("s", "m", "SendReceipt", "x"),
            d.flow("x", "m", "1 == 1"),
            d.flow("x", "e", named="out"),
        ),
        "sans fin",
    ),
    "a reminder every second for a century": (
        lambda: played(
            *one(d.user("a")),
            d.attached("tick", "a", d.cycle("R/PT1S"), stops=False),
            d.end("te"),
            d.flow("tick", "te"),
        ),
        "échéances",
    ),
    "a million working days": (
        lambda: played(*one(d.catch("a", d.dated("${working_days(10000000)}")))),
        "ne s’applique pas",
    ),
    "a day beyond the calendar": (
        lambda: played(*one(d.catch("a", d.dated("${date_add(today(), years=99999)}")))),
        "ne s’applique pas",
    ),
}
