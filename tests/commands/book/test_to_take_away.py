"""The book as one zip and as one PDF."""

import re
import shutil
import zipfile

import pikepdf
import pytest
from pypdf import PdfReader

from commands import printing as browsers
from commands.book import printing, zipping
from commands.book.build import BookError
from tests.support import PICTURES, ROOT, needs

LESSON = "course/day1_production/s2_reference_systems"
SOLUTION = "solutions/day1_production/e03_crs_detective"
TOC = f"""format: jb-book
root: course/index
parts:
  - caption: Day 1
    chapters:
      - file: course/day1_production/index
        sections:
          - file: {SOLUTION}
          - file: {LESSON}
"""


@pytest.mark.slow
def test_a_zip_opens_from_the_disk_with_its_search(book, tmp_path, chromium):
    said = zipping.zip_book(book, tmp_path / "book.zip")
    assert "MB" in said and "index.html" in said
    with zipfile.ZipFile(tmp_path / "book.zip") as packed:
        packed.extractall(tmp_path)
    (folder,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    tab = chromium.new_page()
    errors, strangers = [], []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.on("request", lambda request: not request.url.startswith(
        ("file:", "data:", "blob:", "about:"))
        and strangers.append(request.url))
    try:
        tab.goto((folder / "index.html").as_uri())
        tab.wait_for_url("**/course/index.html")
        assert "geographic data" in tab.locator("h1").first.inner_text()
        tab.goto((folder / "search.html").as_uri() + "?q=geomasking")
        hit = tab.locator("#search-results li a").first
        hit.wait_for()
        hit.click()
        tab.wait_for_url("**/course/**")
        assert errors + strangers == []
    finally:
        tab.close()


@pytest.fixture(scope="module")
def printed(book, tmp_path_factory):
    """A few pages of the book, printed."""
    needs("chromium")
    root = tmp_path_factory.mktemp("printed")
    shutil.copy(ROOT / "_config.yml", root)
    (root / "_toc.yml").write_text(TOC)
    count = printing.print_book(book, root / "book.pdf", root)
    shutil.copy(root / "book.pdf", PICTURES / "book" / "some_pages.pdf")
    reader = PdfReader(root / "book.pdf")
    assert count == len(reader.pages) > 10
    assert not (book / "whole_book.html").exists()
    return reader


@pytest.mark.slow
class TestThePdf:
    def test_the_cover_has_no_number_and_the_others_have(self, printed):
        lines = [page.extract_text().split("\n") for page in printed.pages]
        assert "Open geographic data" in " ".join(lines[0])
        assert "1" not in lines[0]
        for number, some in enumerate(lines[1:], 2):
            assert str(number) in (some[0].strip(), some[-1].strip())

    def test_the_contents_name_the_page_on_which_a_chapter_begins(
            self, printed):
        texts = [page.extract_text() for page in printed.pages]
        contents = " ".join(texts[1].split())
        assert "Contents" in contents
        for title in ("Where on Earth? Models of space and reference systems",
                      "Solution of E03 · CRS detective"):
            (number,) = re.findall(re.escape(title) + r"\W*(\d+)", contents)
            assert title in " ".join(texts[int(number) - 1].split())

    def test_solutions_are_the_appendix(self, printed):
        contents = " ".join(printed.pages[1].extract_text().split())
        assert contents.index("Day 1") < contents.index(
            "Appendix · Solutions")

    def test_links_lead_to_chapters_and_to_the_web(self, printed):
        links = [link.get_object() for page in printed.pages
                 for link in page.get("/Annots", ())]
        targets = [link["/A"]["/URI"] for link in links
                   if "/URI" in link.get("/A", {})]
        assert targets and all(
            target.startswith(("https:", "mailto:")) for target in targets)
        assert [link for link in links if "/Dest" in link]

    def test_answers_are_unfolded(self, printed):
        text = " ".join(page.extract_text() for page in printed.pages)
        assert "always_xy" in text.split("Solution of E03")[-1]
        # The code of the checks would be a third of the book.
        assert "check.task(" not in text and "check.your_turn(" not in text

    def test_shadows_are_not_printed_as_pictures(self, printed):
        """Chromium would make one as wide as the text of each box."""
        with pikepdf.open(printed.stream) as pdf:
            widths = [int(one.Width) for one in pdf.objects
                      if isinstance(one, pikepdf.Stream)
                      and one.get("/Subtype") == "/Image"]
        assert widths and max(widths) < 2000


def test_without_a_browser_the_command_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(browsers, "program", lambda: None)
    with pytest.raises(BookError, match="Install one"):
        printing._print(tmp_path / "a.html", "", tmp_path / "a.pdf")
