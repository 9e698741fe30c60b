"""Names of fictional clinics, and other spellings of the same name.

Part of osm_clinics.py. The kinds of variation are those of real files.
"""

import unicodedata

from ..shared.names import EPITHETS

# type of place -> French, Arabic, English, abbreviations, OSM tags
TYPES = {
    "csb": ("Centre de santé de base", "مركز الصحة الأساسية",
            "Basic Health Centre",
            ["CSB", "C.S.B.", "Ctre de santé de base", "Centre de santé"],
            {"amenity": "clinic", "healthcare": "centre"}),
    "clinic": ("Clinique", "مصحة", "Clinic", [],
               {"amenity": "clinic", "healthcare": "clinic"}),
    "hospital": ("Hôpital local", "المستشفى المحلي", "Local Hospital", [],
                 {"amenity": "hospital", "healthcare": "hospital"}),
    "doctors": ("Cabinet médical", "عيادة طبية", "Doctors", [],
                {"amenity": "doctors", "healthcare": "doctor"}),
    "pharmacy": ("Pharmacie", "صيدلية", "Pharmacy", [],
                 {"amenity": "pharmacy", "healthcare": "pharmacy"}),
}
# The other Latin spelling of each name of EPITHETS, in their order.
TRANSLITERATIONS = [
    "Al Amal", "Al Noor", "Al Salam", "Al Wifaq", "Al Tadamun",
    "Al Ezdihar", "Al Nasr", "Al Fajer", "Al Zaytouna", "Al Wahah",
    "Al Nakheel", "Al Mahrajan", "Al Riyadh", "Al Basateen", "Al Firdaws",
    "Al Rabi", "Al Uns", "Al Saada", "Al Yasmeen", "Al Rawabi",
    "Al Manaar", "Al Bahr", "Al Jabel", "Al Wadee", "Al Rimal",
    "Al Hidab", "Al Qasba", "Al Burj", "Al Ayn", "Sidi Methal",
]
# kind of variation -> how many rows of the list have it
VARIATIONS = {
    "same name": 35, "words swapped": 15, "capitals without accents": 15,
    "other transliteration": 12, "English": 8, "typing error": 12,
}
OF_CENTRES = {  # these need the words of a centre de santé de base
    "abbreviation": 20, "Persian letters": 12, "tatweel": 12,
    "missing hamza": 12, "final heh for teh marbuta": 12,
}
HAMZA = str.maketrans("أإآ", "ااا")
PERSIAN = str.maketrans("يه", "\u06cc\u06be")
ARABIC = {  # kind of variation of an Arabic name -> how it is made
    "Persian letters": lambda name: name.translate(PERSIAN),
    "tatweel": lambda name: stretch(name),
    "missing hamza": lambda name: name.translate(HAMZA),
    "final heh for teh marbuta": lambda name: name.replace("ة", "ه"),
}


def name(place: dict) -> tuple[str, str]:
    """The name of a place in French and Arabic."""
    french, arabic = TYPES[place["type"]][:2]
    epithet = EPITHETS[place["epithet"]]
    return f"{french} {epithet[0]}", f"{arabic} {epithet[1]}"


def listed_name(place: dict, random) -> tuple[str, str]:
    """How the ministry's list writes the name: in French and in Arabic, of
    which one may be empty.
    """
    french, arabic = name(place)
    words, _, english, short, _ = TYPES[place["type"]]
    epithet = EPITHETS[place["epithet"]][0]
    other = TRANSLITERATIONS[place["epithet"]]
    kind = place["kind"]
    if kind in ARABIC:
        return "", ARABIC[kind](arabic)
    if kind == "typing error":
        return exchange_letters(french, random), ""
    changed = {
        "words swapped": f"{epithet} ({words.lower()})",
        "capitals without accents": without_accents(french).upper(),
        "other transliteration": f"{words} {other}",
        "English": f"{other} {english}",
    }
    if kind == "abbreviation":
        return f"{short[random.integers(len(short))]} {epithet}", ""
    return (changed[kind], "") if kind in changed else (french, arabic)


def stretch(arabic: str) -> str:
    """Two tatweels (U+0640), which only make a word look longer, after the
    second letter of the last word.
    """
    *words, last = arabic.split(" ")
    return " ".join([*words, f"{last[:2]}\u0640\u0640{last[2:]}"])


def without_accents(text: str) -> str:
    """The text with its letters alone, e.g. é -> e."""
    return "".join(letter for letter in unicodedata.normalize("NFD", text)
                   if not unicodedata.combining(letter))


def exchange_letters(text: str, random) -> str:
    """Exchange two neighbours inside a word of five or more letters."""
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= 5]
    chosen = long[random.integers(len(long))]
    word = words[chosen]
    places = [i for i in range(1, len(word) - 2) if word[i] != word[i + 1]]
    i = places[random.integers(len(places))]
    words[chosen] = word[:i] + word[i + 1] + word[i] + word[i + 2:]
    return " ".join(words)
