"""Names, without what changes from one writer to the next."""

import re
import unicodedata

ALIKE = str.maketrans({"\u06cc": "\u064a", "\u0649": "\u064a",
                       "\u06be": "\u0647", "\u0629": "\u0647",
                       "\u06a9": "\u0643", "\u0640": None})


def folded(name: str) -> str:
    """A name without what changes from one writer to the next: capitals,
    accents, letters that look alike, signs, articles (as in E06)."""
    text = "".join(letter for letter in unicodedata.normalize(
        "NFKD", name.lower()) if not unicodedata.combining(letter))
    text = re.sub(r"[\W_]+", " ", text.translate(ALIKE)).strip()
    text = re.sub(r"\be([nrsztd])\1", r"\1", text)
    return re.sub(r"\b(el|al|le|la|l) |\bال", "", text)
