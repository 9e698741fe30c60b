"""What the fictional ministry of E20 claims, and what it could publish.

Part of ministry.py.
"""

# UN-GGIM IGIF: nine strategic pathways.
PATHWAYS = [
    "governance and institutions", "policy and legal", "financial", "data",
    "innovation", "standards", "partnerships", "capacity and education",
    "communication and engagement",
]
# World Bank, Open Data Readiness Assessment: eight dimensions.
DIMENSIONS = [
    "senior leadership", "policy/legal framework",
    "institutional structures, responsibilities and capabilities",
    "government data management policies, procedures and data availability",
    "demand for open data", "civic engagement and capabilities for open data",
    "funding", "national technology and skills infrastructure",
]
# Criterion of the national grid of 100 points -> items: pathway and dimension
# (each by its first word), most points, claim, document that proves it. The
# points of a criterion's items add up to those of the grid.
ITEMS = {
    "publication by default": [
        ("governance", "senior", 4,
         "A decision names the data published by default", "Note de service"),
        ("data", "government", 4,
         "The inventory of data is up to date", "Inventaire"),
        ("financial", "funding", 4,
         "A budget line pays for publication", "Fiche budgétaire"),
        ("policy", "policy", 4,
         "Exceptions are listed, each with its reason",
         "Liste des exceptions"),
        ("innovation", "government", 4,
         "Registers reach the portal without retyping", "Journal d'export"),
    ],
    "metadata": [
        ("standards", "government", 3,
         "Records follow a standard and are validated",
         "Rapport de validation"),
        ("data", "government", 3,
         "Each record has a producer and a date", "Extrait du catalogue"),
        ("standards", "government", 3,
         "Each geographic record states its CRS", "Extrait du catalogue"),
        ("capacity", "national", 3,
         "Agents were trained to write metadata", "Feuille de présence"),
        ("communication", "government", 3,
         "Records exist in French and in Arabic", "Extrait du catalogue"),
    ],
    "open licence": [
        ("policy", "policy", 3,
         "A decision chooses one open licence", "Note de service"),
        ("policy", "policy", 3,
         "Each dataset on the portal carries its licence",
         "Extrait du catalogue"),
        ("partnerships", "policy", 2,
         "Contracts let suppliers' data be published", "Contrat type"),
        ("financial", "funding", 2, "No dataset is sold", "Fiche budgétaire"),
    ],
    "access to information": [
        ("governance", "senior", 4,
         "An access officer and a deputy are named", "Décision de nomination"),
        ("communication", "demand", 4,
         "Requests are answered in time", "Registre des demandes"),
        ("communication", "demand", 4,
         "Answers of general interest are published", "Page du site"),
        ("governance", "institutional", 3,
         "A yearly report on requests exists", "Rapport annuel"),
    ],
    "impact and reuse": [
        ("partnerships", "civic", 4,
         "A university reuses the data", "Convention"),
        ("innovation", "civic", 4,
         "A reuse contest was held", "Compte rendu du concours"),
        ("communication", "civic", 4,
         "Reuses are listed on the portal", "Page du site"),
        ("data", "demand", 4,
         "Downloads are counted for each dataset",
         "Statistiques de téléchargement"),
        ("capacity", "civic", 4,
         "Workshops taught reusers to use the data", "Feuille de présence"),
    ],
    "personal data protection": [
        ("policy", "policy", 3,
         "Each dataset is checked before publication", "Procédure"),
        ("governance", "institutional", 3,
         "A data protection correspondent is named", "Décision de nomination"),
        ("capacity", "national", 2,
         "Agents were trained in anonymisation", "Feuille de présence"),
        ("standards", "government", 2,
         "A written rule hides small counts", "Procédure"),
    ],
    "accessibility and ergonomics": [
        ("innovation", "national", 4,
         "Data can be asked for through an API", "Rapport de test"),
        ("standards", "national", 3,
         "Pages were tested for accessibility", "Rapport de test"),
        ("financial", "funding", 3,
         "The portal has a support contract", "Contrat"),
    ],
}
PROMISES = ["en préparation", "à venir"]  # no document, so no points
# What is planted among the items; all others are claimed as they are.
NO_EVIDENCE, OVERSTATED = 6, 7

CRITERIA = ["value", "demand", "readiness", "cost", "risk"]
# Twelve profiles, 5 is good (of cost and risk too), by falling sum. No two
# sums are equal; moving 0.10 of weight changes the top three four times in
# twenty (found by trial). The last column is the risk, high (2) where a
# constraint is open; the seed decides which other criterion each column is.
PROFILES = [
    ([5, 5, 5, 5, 2], "personal"), ([5, 1, 5, 5, 5], ""),
    ([4, 5, 4, 5, 2], "security"), ([2, 3, 5, 5, 4], ""),
    ([3, 4, 1, 5, 5], ""), ([2, 4, 3, 4, 4], ""), ([3, 1, 5, 2, 5], ""),
    ([5, 2, 4, 2, 2], "personal"), ([2, 5, 2, 2, 3], ""),
    ([4, 2, 2, 2, 3], ""), ([3, 4, 1, 2, 2], "security"),
    ([2, 2, 1, 3, 3], ""),
]
# Open constraint -> name in English and French, owner.
DATASETS = {
    "": [
        ("Health centres", "Centres de santé", "des soins"),
        ("Primary schools", "Écoles primaires", "de l'enseignement"),
        ("Bus stops", "Arrêts de bus", "des transports"),
        ("Green spaces", "Espaces verts", "de l'environnement"),
        ("Flood zones", "Zones inondables", "de l'eau"),
        ("Budget by programme", "Budget par programme", "financière"),
        ("Municipal markets", "Marchés municipaux", "du commerce"),
        ("Public libraries", "Bibliothèques publiques", "de la culture"),
    ],
    "personal": [
        ("Beneficiaries of a benefit", "Bénéficiaires d'une aide",
         "sociale"),
        ("Home visits", "Visites à domicile", "des soins"),
    ],
    "security": [
        ("Emergency stocks", "Stocks d'urgence", "de la logistique"),
        ("Control rooms of the water network",
         "Salles de commande du réseau d'eau", "de l'eau"),
    ],
}
