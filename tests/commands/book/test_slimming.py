"""Icons that no page uses are taken out of the theme's script; a page waits
for no script."""

import pytest

from commands.book import slimming

SCRIPT = (
    'var c={bars:[448,512,["navicon"],"f0c9","M0 96C0 78"],'
    '"magnifying-glass":[512,512,[128269,"search"],"f002","M416 208c0"],'
    '"circle-half-stroke":[512,512,[9680],"f042",["M4 6","M4 4"]],'
    'rocket:[512,512,[],"f135","M156 288"]};draw(c)')


@pytest.fixture
def html(tmp_path):
    """A book of one page with one script of its own."""
    script = tmp_path / slimming.SCRIPT
    script.parent.mkdir(parents=True)
    script.write_text(SCRIPT)
    (script.parent / "fontawesome.js.map").write_text("{}")
    (script.parent / "theme.js").write_text('add("fa-circle-half-stroke")')
    (tmp_path / "page.html").write_text('<i class="fas fa-search"></i>')
    return tmp_path


def test_icons_that_a_page_or_a_script_names_stay(html):
    slimming.slim(html)
    script = (html / slimming.SCRIPT).read_text()
    assert script == (
        'var c={"magnifying-glass":[512,512,[128269,"search"],"f002",'
        '"M416 208c0"],"circle-half-stroke":[512,512,[9680],"f042",'
        '["M4 6","M4 4"]],};draw(c)')


def test_source_maps_are_removed(html):
    slimming.slim(html)
    assert not list(html.rglob("*.map"))


def test_a_theme_without_this_script_stays_as_it_is(html):
    (html / slimming.SCRIPT).unlink()
    slimming.slim(html)
    assert (html / "page.html").is_file()


def test_scripts_are_deferred_but_that_which_a_line_of_the_page_needs(html):
    page = html / "page.html"
    page.write_text(
        '<script src="a.js?v=1"></script><script>b = 1</script>'
        '<script async src="c.js"></script><script data-d="1" src="d.js">'
        '</script><script src="../_static/documentation_options.js?v=2">'
        '</script><script defer src="e.js"></script>')
    slimming.slim(html)
    assert page.read_text() == (
        '<script defer src="a.js?v=1"></script><script>b = 1</script>'
        '<script async src="c.js"></script><script defer data-d="1" '
        'src="d.js"></script><script src="../_static/documentation_options.js'
        '?v=2"></script><script defer src="e.js"></script>')


@pytest.mark.slow
def test_the_pages_of_the_book_have_their_icons(book, book_url, chromium):
    assert (book / slimming.SCRIPT).stat().st_size < 200_000
    tab = chromium.new_page()
    try:
        tab.goto(f"{book_url}/course/index.html")
        tab.locator("svg.svg-inline--fa").first.wait_for(state="attached")
        assert tab.locator("svg.fa-magnifying-glass path").count()
        # For an icon that it lacks, the script draws a sign of its own.
        assert not tab.locator("svg.svg-inline--fa > g").count()
    finally:
        tab.close()
