"""Is the service alive, ready, and how does it fare? Answers for machines, without personal data."""

import hmac
import ipaddress

from flask import Blueprint, Response, jsonify, make_response, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.domain.errors import NotFound
from app.queries.health import Health, health
from app.web.access import public
from app.web.database import now, reading
from app.web.installation import files, installation
from app.web.shell import today
from migrations.upgrade import current_revision, head_revision

pages = Blueprint("health", __name__)
MAIL_LATE_SECONDS = 1800


@pages.get("/sante")
@public
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@pages.get("/sante/pret")
@public
def ready() -> Response:
    """Database, schema and storage can be used; 503 when one of them cannot."""
    checks = {"database": _database(), "migrations": "unknown"}
    if checks["database"] == "ok":
        checks["migrations"] = _migrations()
    checks["storage"] = _storage()
    fine = all(state == "ok" for state in checks.values())
    body = {
        "status": "ok" if fine else "unavailable",
        "checks": checks,
        "warnings": _warnings() if fine else [],
    }
    return make_response(jsonify(body), 200 if fine else 503)


@pages.get("/metrics")
@public
def metrics() -> Response:
    """Figures in Prometheus' text format, for whoever has the token or is on this machine."""
    if not _may_measure():
        raise NotFound
    lines = _lines(health(reading(), now=now(), today=today()))
    kind = "text/plain; version=0.0.4; charset=utf-8"
    return make_response("\n".join(lines) + "\n", 200, {"Content-Type": kind})


def _database() -> str:
    try:
        reading().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "unreachable"
    return "ok"


def _migrations() -> str:
    try:
        return (
            "ok" if current_revision(installation().database) == head_revision() else "behind"
        )
    except SQLAlchemyError:
        return "unreadable"


def _storage() -> str:
    try:
        problem = files().store.problem()
    except OSError:
        return "unusable"
    return "unusable" if problem else "ok"


def _warnings() -> list[str]:
    figures = health(reading(), now=now(), today=today())
    found = [f"clock stalled: {name}" for name in sorted(figures.silent)]
    if not figures.clock_ages:
        found.append("clock never ran")
    if figures.mail_age > MAIL_LATE_SECONDS:
        found.append("mail queue is late")
    if figures.incidents:
        found.append("open incidents")
    return found


def _may_measure() -> bool:
    token = installation().settings.metrics_token
    if token is not None:
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(sent.encode(), token.encode())
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _lines(figures: Health) -> list[str]:
    single = {
        "liasse_tasks_open": figures.tasks_open,
        "liasse_tasks_late": figures.tasks_late,
        "liasse_mail_oldest_due_seconds": figures.mail_age,
        "liasse_journal_undispatched": figures.undispatched,
        "liasse_timers_due": figures.timers_due,
        "liasse_incidents_open": figures.incidents,
    }
    lines = []
    for name, value in single.items():
        lines += [f"# TYPE {name} gauge", f"{name} {value}"]
    lines.append("# TYPE liasse_mails gauge")
    lines += [f'liasse_mails{{status="{state}"}} {n}' for state, n in figures.mails.items()]
    lines.append("# TYPE liasse_clock_age_seconds gauge")
    lines += [
        f'liasse_clock_age_seconds{{sweep="{_label(name)}"}} {age}'
        for name, age in sorted(figures.clock_ages.items())
    ]
    if figures.missing is not None:
        lines += [
            "# TYPE liasse_reconciliation_missing gauge",
            f"liasse_reconciliation_missing {figures.missing}",
            "# TYPE liasse_reconciliation_days_ago gauge",
            f"liasse_reconciliation_days_ago {figures.checked_days_ago}",
        ]
    lines.append("# TYPE liasse_clock_stalled gauge")
    lines += [
        f'liasse_clock_stalled{{sweep="{_label(name)}"}} {int(name in figures.silent)}'
        for name in sorted(figures.clock_ages)
    ]
    return lines + _lateness(figures)


def _lateness(figures: Health) -> list[str]:
    """A histogram of how late due things were done, as Prometheus reads them."""
    lines = ["# TYPE liasse_lateness_seconds histogram"] if figures.lateness else []
    for kind, counts in figures.lateness.items():
        name, seen = f'kind="{_label(kind)}"', 0
        for bound in sorted(one for one in counts if one >= 0):
            seen += counts[bound]
            lines.append(f'liasse_lateness_seconds_bucket{{{name},le="{bound}"}} {seen}')
        total = sum(counts.values())
        lines += [
            f'liasse_lateness_seconds_bucket{{{name},le="+Inf"}} {total}',
            f"liasse_lateness_seconds_sum{{{name}}} {figures.lateness_sums[kind]}",
            f"liasse_lateness_seconds_count{{{name}}} {total}",
        ]
    return lines


def _label(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
