"""What do people usually answer at each step of the investment grant? The road without surprises."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from app.domain.money import Money

#: Who usually does a step of the staff; the applicant does the others.
LOGINS: Mapping[str, str] = {
    "CheckCompleteness": "agent",
    "DecideNextStep": "agent",
    "ConsultServices": "agent",
    "ExamineRequest": "agent",
    "HeadVisa": "chef",
    "FinanceVisa": "finances",
    "DirectionVisa": "direction",
    "MakeExecutory": "assemblees",
    "NotifyRefusal": "signataire",
    "CommitFunds": "finances",
    "NotifyAward": "signataire",
    "SignConvention": "agent",
    "DecideStartLapse": "agent",
    "ConfirmStartLapse": "chef",
    "DecideLapse": "agent",
    "ConfirmLapse": "chef",
    "CheckClaim": "agent",
    "CertifyService": "finances",
    "IssuePaymentOrder": "finances",
    "RecordPayerAnswer": "finances",
    "IssueRecoveryOrder": "finances",
    "RecordRecovery": "finances",
    "CloseDossier": "agent",
    "ExamineExtension": "agent",
}
Answers = dict[str, Any]


def usual_answers(step: str, today: date, project: Mapping[str, Any]) -> Answers:
    """The usual answers of a step that day; `project` holds its money and the dossier's facts."""
    return _ANSWERS[step](today.isoformat(), project)


def _request(today: str, project: Mapping[str, Any]) -> Answers:
    cost = Money.euros(project["cost"])
    public, private = (Money.euros(project.get(k, 0)) for k in ("other_public", "private"))
    asked = Money.euros(project.get("requested", cost.cents * 45 // 10_000))
    first = date.fromisoformat(today)
    plan = [_funder("Fonds propres", "own", cost - public - private - asked)]
    plan += [_funder("État (DRAC)", "public", public)] if public.cents else []
    plan += [_funder("Mécénat", "private", private)] if private.cents else []
    return {
        "title": project.get("title", "Réaménagement de la médiathèque"),
        "description": "Du mobilier neuf pour tous les publics.",
        "place": "55122",
        "first_library": False,
        "qualified_staff": True,
        "start_date": (first + timedelta(days=230)).isoformat(),
        "end_date": (first + timedelta(days=440)).isoformat(),
        "expenses": lines(cost),
        "library_share": "1",
        "requested_amount": asked.plain(),
        "funding": plan,
        "contact_name": "Jeanne Aubry",
        "contact_role": "Secrétaire de mairie",
        "contact_email": "mairie@commune.example",
        "not_started": True,
        "certified": True,
    }


def _examined(_today: str, project: Mapping[str, Any]) -> Answers:
    facts = project["facts"]
    return {
        "retained_cost": facts["eligible_cost"],
        "retained_share": facts["library_share"],
        "proposal": "grant",
        "proposed_amount": facts["computed_aid"],
        "analysis": "Projet cohérent avec le schéma départemental.",
    }


def _claimed(_today: str, project: Mapping[str, Any]) -> Answers:
    cost = Money.euros(project["cost"])
    return final_claim(
        spent=cost,
        other_public=Money.euros(project.get("other_public", 0)),
        private=Money.euros(project.get("private", 0)),
    )


def final_claim(
    *,
    spent: Money,
    other_public: Money,
    private: Money = Money.zero(),  # noqa: B008 - frozen
) -> Answers:
    """The last claim, all spending paid."""
    return {
        "kind": "final",
        "spending": lines(spent),
        "real_cost": spent.plain(),
        "real_other_public": other_public.plain(),
        "real_private": private.plain(),
        "certified": True,
    }


def interim_claim(spent: Money) -> Answers:
    """A claim on the way, for what was paid so far."""
    return {"kind": "interim", "spending": lines(spent), "certified": True}


def lines(total: Money) -> list[dict[str, str]]:
    """Two lines of spending."""
    main = Money(total.cents * 4 // 5)
    return [
        {"label": "Fourniture et pose", "amount": main.plain()},
        {"label": "Installation", "amount": (total - main).plain()},
    ]


def _funder(label: str, kind: str, amount: Money) -> dict[str, str]:
    return {"label": label, "kind": kind, "amount": amount.plain(), "status": "granted"}


def _in(today: str, days: int) -> str:
    return (date.fromisoformat(today) + timedelta(days=days)).isoformat()


_ANSWERS: Mapping[str, Callable[[str, Mapping[str, Any]], Answers]] = {
    "FileRequest": _request,
    "CheckCompleteness": lambda _today, _project: {"completeness": "complete"},
    "ProvidePieces": lambda _today, _project: {"message": "Voici les pièces."},
    "ConsultServices": lambda today, project: {
        "experts": project["experts"],
        "opinions_due": _in(today, 21),
    },
    "GiveOpinion": lambda _today, _project: {"opinion": "favourable"},
    "ExamineRequest": _examined,
    "HeadVisa": lambda _today, _project: {"head_visa": "approved"},
    "FinanceVisa": lambda _today, _project: {"finance_visa": "approved"},
    "DirectionVisa": lambda _today, _project: {"direction_visa": "approved"},
    "MakeExecutory": lambda today, _project: {
        "act_number": "CP-2026-042",
        "transmitted_on": today,
        "published_on": today,
    },
    "NotifyRefusal": lambda today, _project: {
        "notified_on": today,
        "reason": "Le projet ne correspond pas au schéma départemental.",
    },
    "CommitFunds": lambda _today, project: {
        "envelope": project["envelope"],
        "commitment_number": "E-1234",
    },
    "NotifyAward": lambda today, _project: {"notified_on": today},
    "SignConvention": lambda today, _project: {
        "convention_number": "C-31",
        "convention_signed_on": today,
    },
    "DeclareStart": lambda today, _project: {"started_on": today},
    "ClaimPayment": _claimed,
    "CheckClaim": lambda _today, _project: {"claim_check": "accepted"},
    "CertifyService": lambda _today, _project: {"certified": "yes"},
    "IssuePaymentOrder": lambda today, _project: {"order_number": "M-1", "issued_on": today},
    "RecordPayerAnswer": lambda today, _project: {"payer": "accepted", "paid_on": today},
    "IssueRecoveryOrder": lambda today, _project: {"order_number": "T-1", "issued_on": today},
    "RecordRecovery": lambda today, _project: {"recovered_on": today},
    "CloseDossier": lambda _today, _project: {"assessment": "Conforme au projet."},
}
