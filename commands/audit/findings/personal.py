"""Findings about people: what identifies a person (organic law 2004-63,
articles 4 and 5). The audit shows no whole number and no whole address."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from commands.audit.findings.subject import (
    Column,
    Subject,
    numbered,
    plural,
)
from commands.audit.model import Finding, finding
from helpers.publish.objections import FREE_MAIL, SERVICE

MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
PHONE_NAME = re.compile(r"(?i)t[eéè]l(_|\.|$|[eéè]ph|\d)|phone|mobile|gsm|"
                        r"portable|whats|هاتف|جوال")
# Tunisia: eight digits, 2-3-3 or 2-2-2-2, after +216 or a word.
DIGITS = r"\d{2}[ .-]?\d{3}[ .-]?\d{3}|\d{2}([ .-]\d{2}){3}"
PHONE = re.compile(rf"(?<!\d)(\+|00) ?216[ .-]?({DIGITS})(?!\d)|"
                   rf"(?i:t[eé]l|gsm|mobile|هاتف)\W{{0,3}}({DIGITS})(?!\d)")
PHONE_WORDS = ("216", "tel", "tél", "gsm", "mobile", "هاتف")
PHONE_ALONE = re.compile(rf"(\(?(\+|00) ?216\)?[ .-]?)?({DIGITS})")
SPACED = re.compile(r"\d{2}[ .-]\d{3}[ .-]\d{3}")
PERSON = re.compile(
    r"(?i)nom_?(et_?)?pr[eé]nom|pr[eé]nom|first_?name|last_?name|surname|"
    r"full_?name|person|agent_?n|owner|propri[eé]taire|b[eé]n[eé]ficiaire|"
    r"patient|guard|gardien|responsable|contact_?n|nom_(du|de_la)_|citoyen|"
    r"enqu[eê]teur|submitter|اللقب|الاسم_و|صاحب")
OF_PERSON = re.compile(r"(?i)birth|naissance|national_?id|(^|_)cin($|_)|"
                       r"sex[e]?$|الولادة|بطاقة")
NAME = re.compile(r"(?i)(^|_)(name|nom)($|_)|الاسم")
WORDS = re.compile(r"[^\W\d_][^\W\d_'’-]+( [^\W\d_][^\W\d_'’-]+){1,3}")
IDENTITY = re.compile(r"(?i)(^|_)(cin|national_?id|id_?nat\w*|passport|"
                      r"passeport|cnss|cnam|cnrps)($|_)|بطاقة")
DEVICE = re.compile(r"(?i)device_?id|imei|sim_?(id|serial)|subscriber")
PHOTO = re.compile(r"(?im)\.(jpe?g|tiff?|heic)$")
MOST_PHOTOS = 50
WHY = ("whoever publishes it needs a reason in law (organic law 2004-63, "
       "articles 4 and 5)")


def findings(subject: Subject) -> Iterator[Finding]:
    """All findings of this group."""
    for column in subject.texts:
        if column.unique:
            yield from personal_email(column)
            yield from personal_phone(column)
    yield from _numeric_phones(subject)
    yield from personal_name(subject)
    yield from personal_identity(subject)
    yield from personal_exif(subject)
    yield from personal_trace(subject)


def hidden(text: str) -> str:
    """A value that may be shown: most letters and digits are points."""
    return text[:2] + re.sub(r"\w", "·", text[2:])


def personal_email(column: Column) -> Iterator[Finding]:
    """E-mail addresses; those of a service are none of a person."""
    if "@" not in column.signs:
        return
    texts = [text for text in column.matching(MAIL) if any(
        not _of_service(mail[0]) for mail in MAIL.finditer(text))]
    yield from _if_any("personal-email", column, column.where(texts),
                       "e-mail addresses of persons")


def _of_service(mail: str) -> bool:
    user, _, host = mail.lower().partition("@")
    return bool(re.search(SERVICE, user)) and not re.search(
        rf"(^|\.)({FREE_MAIL})\.", host)


def personal_phone(column: Column) -> Iterator[Finding]:
    """Telephone numbers: by the column's name, or by their form."""
    if not column.signs & set("0123456789"):
        return
    texts = column.matching(PHONE, PHONE_WORDS)
    if PHONE_NAME.search(column.name) or column.looks(SPACED) > 0.5:
        texts = [text for text in column.unique
                 if PHONE_ALONE.fullmatch(text.strip())] or texts
    yield from _if_any("personal-phone", column, column.where(texts),
                       "telephone numbers")


def _numeric_phones(subject: Subject) -> Iterator[Finding]:
    """Telephone numbers as numbers."""
    for name, values in subject.attributes.items():
        if PHONE_NAME.search(str(name)) and (
                pd.api.types.is_numeric_dtype(values)):
            at = np.flatnonzero(values.between(1e7, 1e8)
                                .fillna(False).to_numpy(bool))
            column = Column(str(name), values.astype("string"))
            yield from _if_any("personal-phone", column, at,
                               "telephone numbers")


def personal_name(subject: Subject) -> Iterator[Finding]:
    """Names of people beside a place, an address or a date of birth."""
    by_person = any(OF_PERSON.search(str(name))
                    for name in subject.attributes)
    for column in subject.texts:
        named = PERSON.search(column.name) or (
            by_person and NAME.search(column.name))
        if named and column.unique and column.looks(WORDS) > 0.5:
            yield from _if_any(
                "personal-name", column, np.flatnonzero(column.codes >= 0),
                "names of people" + (" beside places" if subject.xy
                                     is not None else ""))


def personal_identity(subject: Subject) -> Iterator[Finding]:
    """Numbers of identity cards, and of devices that people carry."""
    for name, values in subject.attributes.items():
        named = IDENTITY.search(str(name)) or DEVICE.search(str(name))
        if not named:
            continue
        column = Column(str(name), values.astype("string"))
        if len(column.unique) > 1 and any(
                sign.isdigit() for sign in column.signs):
            yield from _if_any(
                "personal-identity", column,
                np.flatnonzero(column.codes >= 0),
                "numbers of devices" if DEVICE.search(str(name))
                else "numbers of identity cards")


def personal_exif(subject: Subject) -> Iterator[Finding]:
    """Photos beside the file that say where they were taken."""
    from PIL import ExifTags, Image
    folder = subject.source.path.parent
    for column in subject.texts:
        texts = column.matching(PHOTO)
        placed = []
        for text in texts[:MOST_PHOTOS]:
            try:
                with Image.open(folder / text) as photo:
                    if photo.getexif().get_ifd(ExifTags.IFD.GPSInfo):
                        placed.append(text)
            except (OSError, ValueError, SyntaxError):
                continue  # not there, or no photo
        more = f" (of the first {MOST_PHOTOS})" if (
            len(texts) > MOST_PHOTOS) else ""
        if placed:
            yield finding(
                "personal-exif", f"column {column.name!r}: "
                f"{plural(len(placed), 'photo')}{more} say where and when "
                "they were taken", WHY, "photo = Image.open(file); "
                "photo.getexif().clear()\nphoto.save(copy)",
                rows=numbered(column.where(placed)), example=placed[0])


def personal_trace(subject: Subject) -> Iterator[Finding]:
    """A track with times: where somebody was, and when."""
    source = subject.source
    name = str(source.layer or "").lower()
    if source.format.upper() != "GPX" or "track" not in name:
        return
    timed = "time" in subject.attributes and (
        subject.attributes["time"].notna().any())
    if timed or name == "tracks":
        yield finding(
            "personal-trace", f"a track of {plural(subject.rows, 'row')}"
            + (" with times" if timed else "") + ": where somebody was",
            WHY + "; its ends are often a home",
            "layer = layer.drop(columns=[\"time\"])  # and cut both ends"
            if "time" in subject.attributes else
            "# publish the way, if at all, without its two ends",
            count=subject.rows)


def _if_any(code: str, column: Column, at: np.ndarray,
            what: str) -> Iterator[Finding]:
    if not len(at):
        return
    example = column.unique[column.codes[at[0]]]
    yield finding(
        code, f"column {column.name!r} has {what} in "
        f"{plural(len(at), 'row')}", WHY,
        f"layer = layer.drop(columns=[{column.name!r}])",
        rows=numbered(at), example=hidden(example), severity="error")
