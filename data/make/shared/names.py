"""Names in French and Arabic for places and people that do not exist."""

import numpy as np

# Names of the local kind, in French and Arabic: they name fictional places.
EPITHETS = [
    ("El Amel", "الأمل"), ("Ennour", "النور"), ("Essalem", "السلام"),
    ("El Wifak", "الوفاق"), ("Ettadhamoun", "التضامن"),
    ("El Izdihar", "الازدهار"), ("Ennasr", "النصر"), ("El Fajr", "الفجر"),
    ("Ezzitouna", "الزيتونة"), ("El Waha", "الواحة"),
    ("Ennakhil", "النخيل"), ("El Mahrajène", "المهراجان"),
    ("Erriadh", "الرياض"), ("El Bassatine", "البساتين"),
    ("El Ferdaous", "الفردوس"), ("Errabie", "الربيع"),
    ("El Ons", "الأنس"), ("Essaada", "السعادة"), ("El Yasmine", "الياسمين"),
    ("Errawabi", "الروابي"), ("El Manar", "المنار"), ("El Bahr", "البحر"),
    ("El Jabal", "الجبل"), ("El Wadi", "الوادي"), ("Errimel", "الرمال"),
    ("El Hidhab", "الهضاب"), ("El Kasbah", "القصبة"), ("El Borj", "البرج"),
    ("El Aïn", "العين"), ("Sidi Mithal", "سيدي مثال"),
]
# First names are common ones, of women and of men in turn. Family names mean
# "example", "imaginary", "trial", "model": no real family has them.
FIRST_NAMES = [
    ("Amal", "أمل"), ("Sami", "سامي"), ("Leïla", "ليلى"),
    ("Karim", "كريم"), ("Nour", "نور"), ("Hédi", "الهادي"),
    ("Salma", "سلمى"), ("Youssef", "يوسف"), ("Mariem", "مريم"),
    ("Anis", "أنيس"), ("Rim", "ريم"), ("Walid", "وليد"),
    ("Ines", "إيناس"), ("Fathi", "فتحي"), ("Olfa", "ألفة"),
    ("Tarek", "طارق"), ("Hela", "هالة"), ("Mounir", "منير"),
]
FAMILY_NAMES = [
    ("Ben Mithal", "بن مثال"), ("Khayali", "الخيالي"),
    ("Tajribi", "التجريبي"), ("Namoudhaji", "النموذجي"),
    ("Ben Wahm", "بن وهم"), ("Iftiradhi", "الافتراضي"),
]
SECTOR = "Secteur fictif de "


def sector_name(place: str) -> str:
    """The French name of the fictional sector around a place."""
    return SECTOR + place


def place_of(sector: str) -> str:
    """The place in the French name of a sector."""
    return sector.removeprefix(SECTOR)


def epithets(number: int, random: np.random.Generator
             ) -> list[tuple[str, str]]:
    """Different names of places: pairs of French and Arabic.

    When all epithets are used, they come again with a number.
    """
    order = random.permutation(len(EPITHETS))
    names = []
    for i in range(number):
        turn, position = divmod(i, len(EPITHETS))
        suffix = f" {turn + 1}" if turn else ""
        names.append(tuple(f"{name}{suffix}"
                           for name in EPITHETS[order[position]]))
    return names


def person(random: np.random.Generator, first_names: list = FIRST_NAMES
           ) -> tuple[str, str]:
    """The name of a person who does not exist, in French and Arabic."""
    first = first_names[random.integers(len(first_names))]
    family = FAMILY_NAMES[random.integers(len(FAMILY_NAMES))]
    return f"{first[0]} {family[0]}", f"{first[1]} {family[1]}"


def phone(random: np.random.Generator) -> str:
    """A number that cannot be called: no Tunisian number begins with 0."""
    return f"00 {random.integers(1000):03d} {random.integers(1000):03d}"
