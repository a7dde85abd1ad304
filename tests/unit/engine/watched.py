"""Which small diagrams do several tests of events share?"""

from tests.unit.engine import drawing as d


def with_events(*parts: str) -> bytes:
    """One process, with messages, signals, errors and escalations to refer to."""
    return d.diagram(
        d.named("message", "m", "m2"),
        d.named("signal", "g1"),
        d.named("error", "X", "Y"),
        d.named("escalation", "Z"),
        d.process(d.start(), d.end(), *parts),
    )


def attached_to_a(event: str, *, stops: bool = True) -> bytes:
    """A step `a` with an event that leads to a step `h`."""
    return with_events(
        d.user("a", "h"),
        d.attached("b", "a", event, stops=stops),
        d.end("e2"),
        d.path("s", "a", "e"),
        d.path("b", "h", "e2"),
    )


def inside(name: str, *parts: str) -> str:
    """A sub-process from `<name>s` to `<name>e`."""
    return d.sub(name, d.start(f"{name}s"), d.end(f"{name}e"), *parts)


def watched(trigger: str, *, stops: bool = True, body: str | None = None) -> bytes:
    """A step `a`, watched by an event sub-process `es` with a step `h`."""
    return d.diagram(
        d.named("message", "m", "m2"),
        d.named("signal", "g1"),
        d.named("error", "X"),
        d.named("escalation", "Z"),
        d.process(
            d.start(),
            d.end(),
            body if body is not None else d.user("a") + d.path("s", "a", "e"),
            d.on_event(
                "es",
                trigger,
                d.user("h"),
                d.end("ee"),
                d.path("es_start", "h", "ee"),
                stops=stops,
            ),
        ),
    )
