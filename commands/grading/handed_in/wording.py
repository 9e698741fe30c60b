"""Names of files and folders in sentences."""

import re
import unicodedata


def shown(name: str) -> str:
    """A name that any page and any terminal can print: bytes that are not
    UTF-8 and control characters become \\x85, \\n."""
    return "".join(map(_shown, name))


def is_plain(name: str) -> bool:
    """Can the name be written into a report and a gradebook?"""
    return shown(name) == name


def _shown(sign):
    if "\udc80" <= sign <= "\udcff":  # a byte, as Python gives it
        return f"\\x{ord(sign) - 0xdc00:02x}"
    if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp"):
        return ascii(sign)[1:-1]
    return sign


def looks(name: str) -> str:
    """What a person sees of a name: equal for two names that look the same
    (accents composed or not, marks without width, spaces, capitals)."""
    name = unicodedata.normalize("NFKC", name)
    name = "".join(sign for sign in name
                   if unicodedata.category(sign) != "Cf")
    return " ".join(re.split(r"\s+", name.strip())).casefold()
