"""What is each mail called, for the people who look after them?"""

N_ = str  #: marks a text for translation; the pages translate where they show it
NAMES = {
    "receipt": N_("Accusé de réception"),
    "missing_pieces": N_("Demande de pièces"),
    "pieces_received": N_("Pièces reçues"),
    "complete": N_("Dossier complet"),
    "dropped": N_("Classement sans suite"),
    "opinion_request": N_("Demande d’avis"),
    "scheduled": N_("Inscription à une séance"),
    "adjourned": N_("Report à une autre séance"),
    "award": N_("Notification de l’aide"),
    "refusal": N_("Notification du refus"),
    "convention": N_("Convention à signer"),
    "claim_received": N_("Demande de versement reçue"),
    "claim_sent_back": N_("Demande de versement à corriger"),
    "payment_ordered": N_("Versement transmis au comptable"),
    "payment_paid": N_("Versement fait"),
    "recovery": N_("Aide à reverser"),
    "extension_asked": N_("Délai demandé"),
    "extension_answer": N_("Réponse à une demande de délai"),
    "lapsed": N_("Caducité de l’aide"),
    "withdrawal_ack": N_("Retrait de la demande"),
    "closed": N_("Clôture du dossier"),
    "reminder_task": N_("Relance d’une tâche"),
    "reminder_expert": N_("Relance d’un avis"),
    "reminder_applicant_pieces": N_("Relance des pièces"),
    "reminder_works": N_("Relance du commencement"),
    "reminder_completion": N_("Relance de la fin de l’opération"),
    "escalation": N_("Alerte de retard"),
    "digest_daily": N_("Récapitulatif du matin"),
    "digest_weekly": N_("Récapitulatif de la semaine"),
}


def name_of(template: str) -> str:
    """The name of a mail; a dossier type's own mail goes by its key."""
    return NAMES.get(template, template)
