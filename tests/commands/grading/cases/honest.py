"""Right answers of E01, and what honest people do around them.

Each is a public report's kind (C02, C17 to C21): code in cells of the
trainee's own before the first answer, or another first line of an answer.
None of it costs a point, and none of it is anything to be told. Quotes that a
word processor has made curly (C22) cost their own task.
"""

import ast

from tests.support import ROOT

from .e03 import DAY, changed, grade_id

NAME = "e01_openness_audit"
FILE = ROOT / "solutions" / DAY / f"{NAME}.ipynb"
AUTOMATIC = 22

OWN_CELLS = {
    # what is written to the error stream is no error
    "progress-on-stderr": "import sys\nprint('50 %\\r', file=sys.stderr)",
    "a-warning": "import warnings\nwarnings.warn('coordinates look odd')",
    "a-logger": "import logging\nlogging.basicConfig(level='DEBUG')\n"
                "logging.warning('reading')",
    # names that the checks use
    "data-is-theirs": "data = [1, 2, 3]",
    "check-is-theirs": "check = 'I have checked it'",
    "sum-is-theirs": "sum = 0",
    "built-ins-are-theirs": "list = [1, 2]\nlen = 5\nmax = 7\nrepr = 1",
    "modules-are-theirs": "json = {}\nre = 'regular'\nshapely = None",
    "words-of-checks-are-theirs": "expected = 2\nrecord = {}\nreply = 1\n"
                                  "error = 'none'\nname = 'Amal'",
    "star-imports": "from math import *",
    "gpd-by-another-name": "import geopandas as g\nimport pandas as pandas",
    # settings that change how values and errors are shown
    "precision": "%precision 3",
    "shows-all-values": "from IPython.core.interactiveshell import "
                        "InteractiveShell as S\n"
                        "S.ast_node_interactivity = 'all'",
    "shows-no-values": "get_ipython().ast_node_interactivity = 'none'",
    "rich": "from rich import pretty, traceback\npretty.install()\n"
            "traceback.install()",
    "short-errors": "%xmode Minimal",
    "pandas-options": "import pandas as pd\npd.set_option('display.max_rows'"
                      ", 3)\npd.options.display.precision = 1\n"
                      "pd.options.mode.copy_on_write = True",
    "numpy-options": "import numpy as np\nnp.set_printoptions(precision=1)\n"
                     "np.seterr(all='raise')",
    "warnings-are-errors": "import warnings\nwarnings.simplefilter('error')",
    "svg-figures": "%config InlineBackend.figure_formats = ['svg']",
    "another-backend": "%matplotlib agg",
    "a-backend-that-is-not-there": "%matplotlib widget_of_mine",
    "autoreload": "%load_ext autoreload\n%autoreload 2",
    "another-folder": "import os, tempfile\nos.chdir(tempfile.gettempdir())",
    "a-seed": "import random\nrandom.seed(1)",
    "asks": "name = input('Your name? ')",
    "a-cell-that-fails": "1 / 0",
    "a-cell-with-a-typo": "for x in",
    "not-python": "SELECT * FROM wells;",
    "pip": "!pip --version",
    "time": "%%time\nnothing = [n for n in range(10)]",
    "a-thread": "import threading\nthreading.Thread(target=lambda: 1)"
                ".start()",
    "async": "import asyncio\nawait asyncio.sleep(0)",
    "a-map": "import folium\nfolium.Map()",
    "an-exit-hook": "import atexit\natexit.register(print, 'bye')",
}
ASKS_THE_NETWORK = {  # patiently; while a class is graded there is none
    "a-file": "import urllib.request\nurllib.request.urlopen("
              "'https://example.org/wells.csv', timeout=60)",
    "a-layer": "import geopandas\n"
               "geopandas.read_file('https://example.org/wells.geojson')",
    "a-service": "import requests\n"
                 "requests.get('https://example.org/', timeout=60)",
    "an-address": "import socket\n"
                  "socket.create_connection(('192.0.2.1', 443), timeout=60)",
    "again-and-again": "import requests\nwith requests.Session() as session:"
                       "\n    session.mount('https://', requests.adapters."
                       "HTTPAdapter(max_retries=3))\n"
                       "    session.get('https://example.org/', timeout=60)",
    "a-package": "!pip install wells",
    "a-drive": "from google.colab import drive\ndrive.mount('/content')",
}
WAITED = "waited"
CURLY = {  # name → answer cell, text in it, the same with curly quotes
    "in-a-call": ("access-answer", '"https://"', "“https://”"),
    "in-a-list": ("access-answer", '"gratuit"', "„gratuit“"),
    "in-a-dictionary": ("spdx-answer", '"odbl"', "”odbl”"),
    "single": ("format-answer", '"(scan)"', "‘(scan)’"),
    "french": ("format-answer", '"dwg"', "« dwg »"),
}
IN_THE_ANSWER = {
    "prints": "print('placing')",
    "writes-to-stderr": "import sys; sys.stderr.write('working ...\\r')",
    "logs": "import logging; logging.getLogger().error('a row is odd')",
    "warns": "import warnings; warnings.warn('a row is odd')",
    "a-clear-output": "from IPython.display import clear_output; "
                      "clear_output()",
    "displays": "from IPython.display import display; display('a table')",
    "plots": "import matplotlib.pyplot as plt; plt.figure()",
}


def submissions() -> dict[str, bytes]:
    """Name of a trainee → the notebook."""
    made = {name: with_own_cell(code) for name, code in OWN_CELLS.items()}
    made |= {f"asks-for-{name}": with_own_cell(timed(code))
             for name, code in ASKS_THE_NETWORK.items()}
    return made | {f"in-the-answer-{name}": with_first_line(line)
                   for name, line in IN_THE_ANSWER.items()}


def curly() -> dict[str, bytes]:
    """Name of a trainee → the notebook with curly quotes in one answer."""
    return {f"curly-{name}": with_curly_quotes(*change)
            for name, change in CURLY.items()}


def with_curly_quotes(grade_id_, straight, quoted):
    def change(notebook):
        (cell,) = (cell for cell in notebook["cells"]
                   if grade_id(cell) == grade_id_)
        source = "".join(cell["source"])
        assert straight in source
        cell["source"] = source.replace(straight, quoted, 1)
    return changed(FILE.read_bytes(), change)


def timed(code):
    """The code, and at its end how many seconds it took."""
    return "import time\nbegan = time.monotonic()\ntry:\n" + "".join(
        f"    {line}\n" for line in code.splitlines()) + (
        f"finally:\n    print('{WAITED}', time.monotonic() - began)")


def with_own_cell(code):
    def change(notebook):
        place = next(i for i, cell in enumerate(notebook["cells"])
                     if grade_id(cell) == "access-answer")
        notebook["cells"].insert(place, {
            "cell_type": "code", "id": "own", "metadata": {}, "outputs": [],
            "execution_count": None, "source": code})
    return changed(FILE.read_bytes(), change)


def with_first_line(line):
    """In each function of each answer, after its head and docstring."""
    def change(notebook):
        for cell in notebook["cells"]:
            settings = cell["metadata"].get("nbgrader", {})
            if cell["cell_type"] != "code" or not settings.get("solution"):
                continue
            source = "".join(cell["source"])
            lines = source.split("\n")
            for node in reversed(ast.parse(source).body):
                if isinstance(node, ast.FunctionDef):
                    body = node.body[ast.get_docstring(node) is not None:]
                    indent = " " * body[0].col_offset
                    lines.insert(body[0].lineno - 1, indent + line)
            cell["source"] = "\n".join(lines)
    return changed(FILE.read_bytes(), change)
