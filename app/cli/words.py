"""How does a command speak? One line a thing; what is wrong goes to standard error."""

import click


def say(sentence: str = "") -> None:
    """Tell the person something."""
    click.echo(sentence)


def complain(sentence: str) -> None:
    """Tell the person what is wrong."""
    click.secho(sentence, err=True, fg="red")


def told(name: str, state: str, *, is_good: bool = True) -> None:
    """One line of a report: what was looked at, and how it is."""
    mark = click.style("ok    ", fg="green") if is_good else click.style("NON   ", fg="red")
    click.echo(f"{mark} {name} : {state}")


def counted(number: int, one: str, many: str) -> str:
    """« 0 fichier », « 1 fichier », « 2 fichiers »."""
    return f"{number} {many if number > 1 else one}"
