"""Which words does a funding plan use? Kinds of money, and how sure each amount is."""

KINDS: dict[str, str] = {
    "own": "Part du porteur de projet",
    "public": "Autre aide publique",
    "private": "Financement privé (mécénat, don)",
}
STATUSES: dict[str, str] = {
    "planned": "Envisagé",
    "requested": "Demandé",
    "granted": "Accordé",
}
