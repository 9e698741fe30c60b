"""The search's language: English, and Arabic and French as people type them.

Sphinx looks for whole words and for parts of words. So "الولاية" (the
governorate) does not find "ولاية", and "donnees" not "données". Here accents
and vowel signs do not count, and an Arabic word is looked for without its
article and ending. Python makes the index and the browser asks it, so each
rule is written twice; tests/commands/book/test_search_language.py compares.
"""

import re
import unicodedata

from sphinx.search.en import SearchEnglish

ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")
ENDINGS = ("ات", "ون", "ين", "ه")
LEFT = 3  # letters that stay at least
JAVASCRIPT = """
const foldWords = text => text.normalize("NFKD")
  .replace(/[\\p{M}\\u0640]/gu, "")
  .replace(/\\u0649/g, "\\u064a").replace(/\\u0629/g, "\\u0647");
var splitQuery = query => foldWords(query)
  .split(/[^\\p{Letter}\\p{Number}_\\p{Emoji_Presentation}]+/gu)
  .filter(word => word);
var Stemmer = (English => function () {
  const inner = new English();
  this.stemWord = word => {
    word = foldWords(word);
    if (!/^[\\u0620-\\u064a]/.test(word)) return inner.stemWord(word);
    const long = part => word.length - part.length >= %d;
    const article = %s.find(part => word.startsWith(part) && long(part));
    if (article) word = word.slice(article.length);
    const ending = %s.find(part => word.endsWith(part) && long(part));
    return ending ? word.slice(0, -ending.length) : word;
  };
})(Stemmer);
""" % (LEFT, list(ARTICLES), list(ENDINGS))


class Course(SearchEnglish):
    """English with Arabic and French words."""

    lang = "course"
    language_name = "English, French, Arabic"
    js_stemmer_code = SearchEnglish.js_stemmer_code + JAVASCRIPT

    def split(self, text: str) -> list[str]:
        """Words without accents and vowel signs."""
        return super().split(fold(text))

    def stem(self, word: str) -> str:
        """What a word has in common with its other forms."""
        word = fold(word)
        if not re.match("[\u0620-\u064a]", word):
            return super().stem(word)
        for part in ARTICLES:
            if word.startswith(part) and len(word) - len(part) >= LEFT:
                word = word.removeprefix(part)
                break
        for part in ENDINGS:
            if word.endswith(part) and len(word) - len(part) >= LEFT:
                return word.removesuffix(part)
        return word


def fold(text: str) -> str:
    """Without accents, vowel signs, the long stroke; ى as ي, ة as ه."""
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text)
                   if unicodedata.category(letter)[0] != "M")
    return text.replace("\u0640", "").translate(
        {0x649: "\u064a", 0x629: "\u0647"})
