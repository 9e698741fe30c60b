"""nbconvert's page, in less time: see `pages.exporter`."""

from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from commands.grading.pages.exporter import html_exporter


def test_a_page_is_the_one_that_nbconvert_makes():
    """Whatever is remembered, and though the page is not parsed."""
    from bs4 import BeautifulSoup
    from nbconvert.exporters import HTMLExporter

    picture = {"image/png": "iVBORw0KGgo="}
    notebook = new_notebook(cells=[
        new_markdown_cell("# Title\n\n![a map](map.png) $x^2$"),
        new_code_cell("x = 1  # <div class=\"jp-Cell-inputWrapper\">",
                      outputs=[new_output("display_data", picture),
                               new_output("stream", text="words"),
                               new_output("execute_result", {
                                   "text/html": "<img src=a><b>1</b>"})]),
        new_raw_cell("raw"), new_code_cell("%matplotlib inline")])
    theirs = BeautifulSoup(
        HTMLExporter(exclude_anchor_links=True).from_notebook_node(
            notebook)[0], "html.parser").find("main")
    for _ in range(2):  # the second time it is remembered
        ours = BeautifulSoup(html_exporter()().from_notebook_node(
            notebook)[0], "html.parser").find("main")
        assert ours == theirs and len(ours.select("[tabindex]")) == 6
        assert len(ours.select("img[alt]")) == 3
