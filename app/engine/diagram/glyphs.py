"""Which little drawings tell the kinds of nodes apart? Our own strokes, as SVG paths."""

from collections.abc import Mapping

#: On a 16 × 16 grid, placed in the corner of a task.
TASK: Mapping[str, str] = {
    "userTask": "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14.5c.4-3.4 2.6-5 5.5-5s5.1 1.6 5.5 5z",
    "manualTask": "M2 8.5 6.5 3.5H12v2H8.5 14v2h-1v2h-1v2H5L2 11z",
    "serviceTask": "M8 5.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM8 1v2.5M8 12.5V15M1 8h2.5"
    "M12.5 8H15M3 3l1.8 1.8M11.2 11.2 13 13M13 3l-1.8 1.8M4.8 11.2 3 13",
    "scriptTask": "M4 1.5h9c-3 2.5-3 4 0 6.5s3 4 0 6.5H4c3-2.5 3-4 0-6.5s-3-4 0-6.5z"
    "M5.5 5h4M6.5 11h4",
    "businessRuleTask": "M1.5 2.5h13v11h-13zM1.5 6h13M1.5 9.8h13M5.5 6v7.5",
    "sendTask": "M1.5 3.5h13v9h-13zM1.5 3.5 8 8.8l6.5-5.3",
    "receiveTask": "M1.5 3.5h13v9h-13zM1.5 3.5 8 8.8l6.5-5.3",
}
#: Round the centre of an event.
EVENT: Mapping[str, str] = {
    "timer": "M0-9a9 9 0 1 0 0 18A9 9 0 0 0 0-9zM0-6V0l4 2.5M0-9v2M0 9V7M-9 0h2M9 0H7",
    "message": "M-7.5-5h15V5h-15zM-7.5-5 0 1 7.5-5",
    "signal": "M0-7 7 5H-7z",
    "error": "M-6 6-2-5 2 3 6-7",
    "escalation": "M0-7 5 6 0 1-5 6z",
    "conditional": "M-5-7H5V7H-5zM-3-3.5H3M-3 0H3M-3 3.5H3",
    "link": "M-7-3H1V-6L7 0 1 6V3H-7z",
    "compensate": "M0-6-7 0 0 6zM7-6 0 0 7 6z",
    "cancel": "M-6-6 6 6M6-6-6 6",
    "terminate": "M0-9a9 9 0 1 0 0 18A9 9 0 0 0 0-9z",
}
#: Events that are always drawn full.
FULL_EVENTS = frozenset({"terminate"})
GATEWAY: Mapping[str, str] = {
    "exclusiveGateway": "M-6-8 6 8M6-8-6 8",
    "parallelGateway": "M0-10V10M-10 0H10",
    "inclusiveGateway": "M0-9a9 9 0 1 0 0 18A9 9 0 0 0 0-9z",
    "eventBasedGateway": "M0-11a11 11 0 1 0 0 22A11 11 0 0 0 0-11zM0-6.5 6.5-1.5 4 6H-4L-6.5-1.5z",
    "complexGateway": "M0-10V10M-10 0H10M-7-7 7 7M7-7-7 7",
}
#: Markers at the foot of a task, round their centre.
MARKER: Mapping[str, str] = {
    "plus": "M-6-6H6V6H-6zM0-3.5V3.5M-3.5 0H3.5",
    "loop": "M-2 5a5 5 0 1 1 4 0M-2 5V1M-2 5H-6",
    "parallel": "M-4-5V5M0-5V5M4-5V5",
    "sequential": "M-5-4H5M-5 0H5M-5 4H5",
    "adhoc": "M-6 2c2-5 4-5 6-2s4 3 6-2",
    "compensation": "M0-5-6 0 0 5zM6-5 0 0 6 5z",
}
TICK = "M-4 .3-1 3.3 4.2-3"
