"""Who may open this page? Every view says it; one that says nothing keeps the house from starting."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask, current_app, g, request

from app.actions.people import keep_alive
from app.domain.actor import Actor
from app.domain.civil import civil_day
from app.domain.errors import NotAllowed
from app.domain.permissions import Permission
from app.models.people import Person
from app.queries.absences import stands_in_for
from app.queries.people import actor_of
from app.web import csrf, sessions
from app.web.database import now, reading, write
from app.web.installation import installation

View = TypeVar("View", bound=Callable[..., Any])
LOG = logging.getLogger("liasse.security")
#: What a form without files may weigh.
FORM_BYTES = 2_000_000
_MARK = "liasse_rule"
#: Flask's own views: files of our own, the same for everybody.
_OPEN_ENDPOINTS = frozenset({"static"})
_NOTED_EVERY = timedelta(minutes=5)


class SignInNeeded(Exception):
    """The page is for people who are signed in; the account pages answer it."""


class UndeclaredView(Exception):
    """A view says neither who may open it nor that all may."""


@dataclass(frozen=True)
class Rule:
    """Who may open a view, and whether it takes files."""

    declared: bool = False
    public: bool = False
    #: One of these is enough; none means anybody signed in.
    any_of: frozenset[Permission] = frozenset()
    files: bool = False
    #: The link itself is signed: programs post to it, from no page of ours.
    signed: bool = False


def requires(*any_of: Permission) -> Callable[[View], View]:
    """Only people who have one of these permissions; without any, all who are signed in."""

    def mark(view: View) -> View:
        return _set(view, replace(_get(view), declared=True, any_of=frozenset(any_of)))

    return mark


def public(view: View) -> View:
    """Everybody, signed in or not."""
    return _set(view, replace(_get(view), declared=True, public=True))


def takes_files(view: View) -> View:
    """The view receives files: its requests may weigh as much as the settings allow."""
    return _set(view, replace(_get(view), files=True))


def signed_link(view: View) -> View:
    """The address carries its own proof, which the view checks: no form of ours sends this."""
    return _set(view, replace(_get(view), declared=True, public=True, signed=True))


def _get(view: Callable[..., Any]) -> Rule:
    return cast(Rule, getattr(view, _MARK, Rule()))


def _set(view: View, rule: Rule) -> View:
    setattr(view, _MARK, rule)
    return view


def rule_of(view: Callable[..., Any]) -> Rule:
    """What the view declared. UndeclaredView when it declared nothing."""
    rule = _get(view)
    if not rule.declared:
        raise UndeclaredView(f"{view.__module__}.{view.__name__} says not who may open it")
    return rule


def check_declared(app: Flask, ours: Iterable[str] = ()) -> None:
    """Refuse to start when a view says nothing; `ours` are endpoints guarded elsewhere."""
    for endpoint, view in app.view_functions.items():
        if endpoint not in _OPEN_ENDPOINTS | set(ours):
            rule_of(view)


def guard() -> None:
    """Before every view: origin, session, permission, size, token; in that order."""
    if request.endpoint is None or request.endpoint in _OPEN_ENDPOINTS:
        return
    rule = rule_of(current_app.view_functions[request.endpoint])
    is_write = request.method not in csrf.SAFE_METHODS
    if is_write and not rule.signed:
        csrf.check_origin()
    if not rule.public:
        _check_person(rule)
    if is_write:
        _limit_size(rule)
        if rule.signed:
            return
        csrf.check_token(visitors=rule.public)
        _note_activity()


def _check_person(rule: Rule) -> None:
    if sessions.current() is None:
        raise SignInNeeded
    if rule.any_of and not any(actor().may(one) for one in rule.any_of):
        LOG.warning("refused %s %s to %s", request.method, request.path, actor().person_id)
        raise NotAllowed


def _limit_size(rule: Rule) -> None:
    if rule.files:
        request.max_content_length = (installation().settings.max_upload_mb + 1) * 1_000_000


def _note_activity() -> None:
    session, token = sessions.current(), sessions.session_token()
    if session and token and now() - session.last_write_at > _NOTED_EVERY:
        write(lambda tx, at: keep_alive(tx, token, now=at))


def me() -> Person:
    """The person who is signed in. SignInNeeded when nobody is."""
    session = sessions.current()
    if session is None:
        raise SignInNeeded
    return session.person


def actor() -> Actor:
    """The person who is signed in, as somebody who acts."""
    person = me()
    known = g.get("liasse_actor")
    if known is None or known.person_id != person.id:
        g.liasse_actor = known = actor_of(person, _away(person))
    return cast(Actor, known)


def _away(person: Person) -> frozenset[UUID]:
    """Whom one stands in for today; only the service has substitutes."""
    if not person.roles:
        return frozenset()
    return stands_in_for(reading(), person.id, on=civil_day(now()))


def somebody() -> Actor | None:
    """Who is signed in, on a page open to all; None for a visitor or when the database is away."""
    if g.get("liasse_degraded") or sessions.current() is None:
        return None
    return actor()
