"""What the records of E01 are about, and which criteria each does not meet.

Part of catalogue_records.py.
"""

# Title in French, Arabic, English; publisher; fields.
THEMES = {
    "health": ("Centres de santé fictifs", "مراكز صحية وهمية",
               "Fictional health centres", "Ministère fictif de la Santé",
               "name; type; address"),
    "bus": ("Arrêts de bus fictifs", "محطات حافلات وهمية",
            "Fictional bus stops", "Agence fictive des transports",
            "name; line; shelter"),
    "water": ("Points d'eau fictifs", "نقاط مياه وهمية",
              "Fictional water points", "Ministère fictif de l'Agriculture",
              "name; type; flow"),
    "heritage": ("Sites patrimoniaux fictifs", "مواقع تراثية وهمية",
                 "Fictional heritage sites", "Ministère fictif de la Culture",
                 "name; period; protection"),
    "schools": ("Écoles primaires fictives", "مدارس ابتدائية وهمية",
                "Fictional primary schools",
                "Ministère fictif de l'Éducation", "name; pupils; rooms"),
    "roads": ("Routes fictives", "طرقات وهمية", "Fictional roads",
              "Ministère fictif de l'Équipement", "number; class; length"),
    "weather": ("Stations météo fictives", "محطات رصد جوي وهمية",
                "Fictional weather stations",
                "Office fictif de la météorologie", "name; altitude; rain"),
    "markets": ("Marchés municipaux fictifs", "أسواق بلدية وهمية",
                "Fictional municipal markets", "Commune fictive d'El Amel",
                "name; day; stalls"),
    "libraries": ("Bibliothèques publiques fictives", "مكتبات عمومية وهمية",
                  "Fictional public libraries", "Commune fictive d'Ennour",
                  "name; seats; books"),
    "youth": ("Maisons de jeunes fictives", "دور شباب وهمية",
              "Fictional youth centres", "Ministère fictif de la Jeunesse",
              "name; rooms; opening"),
    "parks": ("Espaces verts fictifs", "مساحات خضراء وهمية",
              "Fictional green spaces",
              "Ministère fictif de l'Environnement", "name; area; trees"),
    "floods": ("Zones inondables fictives", "مناطق فيضانات وهمية",
               "Fictional flood zones", "Agence fictive de l'eau",
               "basin; return_period; depth"),
    "post": ("Bureaux de poste fictifs", "مكاتب بريد وهمية",
             "Fictional post offices", "Office fictif des postes",
             "name; counters; opening"),
}
DATA = ["GeoJSON", "CSV", "GeoPackage"]
# The course's own records have the first spelling of each list.
GUARDS = ["guard_name; guard_phone", "gardien; tel_gardien"]
CC_BY = ["CC BY 4.0", "CC-BY-4.0", "Creative Commons Attribution 4.0"]
ETALAB = ["Licence Ouverte / Etalab 2.0", "Licence Ouverte 2.0"]
# Theme ("" for any other), formats, licences, other keys, criteria that are
# not met and why.
CASES = [
    ("health", ["PDF"], [""], {},
     {"machine_readable": "a document, not data",
      "open_licence": "no licence"}),
    ("", ["XLS"], ["for consultation only", "pour consultation uniquement"],
     {"access": "on request"},
     {"online": "on request", "non_proprietary": "proprietary format",
      "open_licence": "consultation only"}),
    ("bus", DATA, ["ODbL", "ODbL 1.0", "ODbL-1.0"], {}, {}),
    ("water", ["CSV"], ETALAB, {"personal": GUARDS},
     {"no_personal_data": "people's names and telephones"}),
    ("heritage", DATA, ["CC BY-NC 4.0", "CC BY-NC-SA 4.0"], {},
     {"open_licence": "non-commercial"}),
    ("", ["DWG"], CC_BY, {}, {"non_proprietary": "proprietary format"}),
    ("", DATA, ["Tous droits réservés", "© Tous droits réservés"],
     {"price": ["150 TND", "90 TND", "1200 TND"]},
     {"free": "a price", "open_licence": "all rights reserved"}),
    ("", DATA, CC_BY[1:], {}, {}),
    ("", DATA, ETALAB, {"updated": ""}, {"metadata": "no date"}),
    ("", DATA, ["MIT"], {"stated": "LICENSE file of the code repository"},
     {"open_licence": "licence of the code, not of the data"}),
    ("", DATA, CC_BY, {"account": "account required: "},
     {"online": "account required"}),
    ("", ["JPEG (scan)", "TIFF (scan)"], ["CC BY-ND", "CC BY-ND 4.0"], {},
     {"machine_readable": "a picture of a page",
      "open_licence": "no derivatives"}),
]
