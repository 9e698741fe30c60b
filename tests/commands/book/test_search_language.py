"""The search's language: Python and the browser follow the same rules."""

import pytest
from sphinx.search.en import SearchEnglish

from commands.book.design.language import Course, fold

WORDS = [
    "الولاية", "ولاية", "ولايات", "الولايات", "وِلَايَة", "بيانات", "البيانات",
    "للبيانات", "والبيانات", "الى", "إلى", "أرض", "آبار", "مستشفى", "مكتبة",
    "العربيـــة", "ال", "خريطة", "geomasking", "données", "donnees",
    "Régions", "running", "quality", "entité", "E03", "2024", "x"]


@pytest.mark.parametrize("asked, written", [
    ("الولاية", "ولاية"),  # with the article
    ("ولايات", "الولاية"),  # plural
    ("وِلَايَة", "ولاية"),  # with vowel signs
    ("ارض", "أرض"), ("مستشفي", "مستشفى"), ("العربيـــة", "العربية"),
    ("donnees", "données"), ("masked", "masking")])
def test_two_ways_to_write_a_word_are_one(asked, written):
    language = Course({})
    assert language.stem(asked) == language.stem(written)


@pytest.mark.parametrize("one, other", [
    ("ولاية", "بلدية"), ("كتاب", "مكتبة"), ("données", "donner")])
def test_two_words_stay_two(one, other):
    language = Course({})
    assert language.stem(one) != language.stem(other)


def test_english_is_stemmed_as_ever():
    for word in ("running", "quality", "geomasking", "publish"):
        assert Course({}).stem(word) == SearchEnglish({}).stem(word)


def test_words_with_vowel_signs_are_not_cut():
    assert Course({}).split("وِلَايَة تونس, d\u2019entités") == [
        fold("ولاية"), "تونس", "d", "entites"]


@pytest.mark.slow
def test_the_browser_stems_and_splits_as_python_does(chromium):
    language = Course({})
    tab = chromium.new_page()
    try:
        tab.set_content(f"<script>{language.js_stemmer_code}</script>")
        stems = tab.evaluate(
            "words => words.map("  # in lower case, as Sphinx's own search
            "word => new Stemmer().stemWord(word.toLowerCase()))", WORDS)
        assert stems == [language.stem(word) for word in WORDS]
        text = " ".join(WORDS)
        assert tab.evaluate("text => splitQuery(text)", text) == (
            language.split(text))
    finally:
        tab.close()
