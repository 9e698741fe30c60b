"""The situations of E17, what is decided in them, and why.

Part of reuse_situations.py. Geographic data mix licences of databases and
of content. Where lawyers disagree, the answer is contested: ask the producer
first.
"""

DATABASE, WORK = "derived database", "produced work"
APART, INTERNAL = "side by side", "internal use"
# Kind, use, title in French, situation, licences of each layer (one is
# chosen; the course's own situations have the first), decision, reason.
CASES = [
    ("attribution", DATABASE, "Table corrigée et publiée",
     "You join the {0} to the {1}, correct both and publish one table.",
     [["etalab-2.0"], ["CC0-1.0", "PDDL-1.0"]], "publish",
     "etalab-2.0 asks attribution only and goes with every free licence "
     "that asks as much; CC0-1.0 would drop it"),
    ("attribution of Creative Commons", DATABASE, "Jointure publiée",
     "You add to the {0} what the {1} know of them and publish one table.",
     [["CC-BY-4.0"], ["etalab-2.0", "CC0-1.0"]], "publish",
     "an adaptation of CC-BY-4.0 may take CC-BY-4.0 or CC-BY-SA-4.0; "
     "outside that family its terms must still reach the reader"),
    ("share-alike database", DATABASE, "Fusion avec une base ODbL",
     "You merge the {0} with the {1}, remove duplicates and publish one "
     "table for download.",
     [["ODbL-1.0"], ["etalab-2.0", "CC0-1.0", "PDDL-1.0"]], "publish",
     "a published database derived from ODbL-1.0 stays under ODbL-1.0"),
    ("map from a share-alike database", WORK, "Carte imprimée",
     "You draw the {0} and the {1}, both unchanged, on one printed map.",
     [["ODbL-1.0"], ["CC-BY-4.0"]], "publish",
     "the map is a produced work of the ODbL database: share-alike does "
     "not reach it, the notice does; CC-BY-4.0 keeps its attribution"),
    ("share-alike content", DATABASE, "Mélange avec CC BY-SA",
     "You merge the {0} with the {1} and publish one table.",
     [["CC-BY-SA-4.0"], ["CC-BY-4.0", "CC0-1.0"]], "publish",
     "an adaptation of CC-BY-SA-4.0 stays under CC-BY-SA-4.0"),
    ("two share-alikes", DATABASE, "Deux partages à l'identique",
     "You merge the {0} with the {1} and wish to publish one table.",
     [["CC-BY-SA-4.0"], ["ODbL-1.0"]], "do not publish",
     "each licence asks for itself and no release can carry both; publish "
     "the layers side by side, or ask one producer"),
    ("non-commercial", DATABASE, "Mélange avec une licence NC",
     "You complete the {1} from the {0} and wish to publish the table as "
     "open data.",
     [["CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"], ["CC-BY-4.0", "etalab-2.0"]],
     "do not publish",
     "the non-commercial condition follows the adapted data, and with it "
     "nothing is open; ask the producer for an open licence"),
    ("no derivatives", DATABASE, "Correction d'une couche ND",
     "You move wrong points of the {0} and wish to publish the corrected "
     "layer.",
     [["CC-BY-ND-4.0", "CC-BY-NC-ND-4.0"]], "do not publish",
     "ND lets no adaptation be shared; send the corrections to the "
     "producer"),
    ("side by side", APART, "Couches côte à côte",
     "You put the {0} and the {1}, both unchanged and not linked, into one "
     "GeoPackage for download.",
     [["ODbL-1.0"], ["CC-BY-4.0", "etalab-2.0"]],
     "keep each licence",
     "independent layers in one file are a collection: each keeps its own "
     "licence, named beside the layer"),
    ("internal use", INTERNAL, "Usage interne",
     "You combine the {0} with the {1} to plan visits; only colleagues of "
     "your ministry see the result.",
     [["ODbL-1.0"], ["CC-BY-NC-4.0", "CC-BY-SA-4.0"]], "no licence needed",
     "nothing is shared with the public, so share-alike does not begin, "
     "and planning public visits is not commercial"),
    ("application", WORK, "Application mobile",
     "An application shows the {0} and the {1}, both unchanged, on the "
     "screen; nothing can be downloaded and its code stays closed.",
     [["ODbL-1.0"], ["etalab-2.0"]], "publish",
     "what the screen shows is a produced work; data licences do not reach "
     "the code, the notice stands on the screen"),
    ("contested", DATABASE, "CC BY versé dans une base ODbL",
     "You merge the {0} into the {1} and wish to publish one table.",
     [["CC-BY-4.0"], ["ODbL-1.0"]], "ask first",
     "only ODbL-1.0 could carry both; whether CC-BY-4.0 lets it is "
     "contested: ODbL tolerates technical locks beside an open copy, and "
     "an ODbL community may ask CC-BY-4.0 producers for a permission"),
]
# A layer and its producer.
LAYERS = [
    ("health centres", "Direction fictive de la Santé"),
    ("schools", "Direction fictive de l'Éducation"),
    ("bus stops", "Agence fictive des transports"),
    ("water points", "Direction fictive de l'Agriculture"),
    ("markets", "Commune fictive d'El Amel"),
    ("heritage sites", "Institut fictif du patrimoine"),
    ("green spaces", "Agence fictive de l'environnement"),
    ("libraries", "Commune fictive d'Ennour"),
    ("youth centres", "Direction fictive de la Jeunesse"),
]
# Share-alike databases come from volunteers.
VOLUNTEERS = ["Contributeurs de la Carte libre fictive",
              "Collectif fictif de cartographes", "Atlas participatif fictif"]
