"""JupyterLab with the course's settings, opened on the welcome page."""

import difflib
import os
import sys
import webbrowser
from pathlib import Path
from typing import NoReturn

from commands.terminal import err
from helpers.data import ROOT
from helpers.errors import CourseError, typed

WELCOME = "course/index.md"
SETTINGS = Path(__file__).parent / "config"


def open_lab(arguments: list[str]) -> NoReturn:
    """Run JupyterLab, in this process, until it is stopped.

    arguments are JupyterLab's own, for example ["--no-browser"]. It listens
    only on this machine and asks for its token. The last line on the screen
    is the address to open (`commands.lab.address`). The process ends with
    JupyterLab.
    """
    from jupyterlab.labapp import LabApp
    must_be_known(arguments)
    _set_environment()
    os.chdir(ROOT)
    if is_root():
        err.print("You are root: JupyterLab and each notebook run with all "
                  "rights on this machine.", soft_wrap=True)
    LabApp.launch_instance([*options(), *arguments])
    sys.stdout.flush()
    sys.stderr.flush()
    # If JupyterLab is stopped while a page loads, it leaves threads that wait
    # for work. Python would wait for them and never end.
    os._exit(0)


def must_be_known(arguments: list[str]) -> None:
    """CourseError for a word such as --prot, which JupyterLab ignores. Names
    with a point are settings; it checks them itself."""
    from jupyter_server.serverapp import ServerApp
    from jupyterlab.labapp import LabApp
    known = {"help", "help-all", "version", "show-config", *(
        name for app in (LabApp(), ServerApp()) for each in (
            app.flags, app.aliases) for names in each
        for name in ([names] if isinstance(names, str) else names))}
    for word in arguments:
        name = word.removeprefix("--").split("=")[0]
        if word.startswith("--") and name and "." not in name and (
                name not in known):
            near = difflib.get_close_matches(name, known, 1)
            raise CourseError(f"JupyterLab has no option --{name}. " + (
                f"Do you mean --{near[0]}?" if near else
                f"Its options: {typed('lab --help-all')}"))


def options() -> list[str]:
    """The course's options for JupyterLab, on this machine."""
    return [f"--ServerApp.root_dir={ROOT}",
            f"--LabApp.default_url=/lab/tree/{WELCOME}",
            # The course has no language server: a long line would say so.
            "--LanguageServerManager.autodetect=False",
            *["--allow-root"] * is_root(),
            *["--no-browser"] * (not has_browser())]


def is_root() -> bool:
    """Is this the administrator of a POSIX system (often: a container)?"""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def has_browser() -> bool:
    """Can a page be opened here, in a browser with windows? $BROWSER may
    name a browser on another machine, as remote editors set it."""
    if os.name == "posix" and sys.platform != "darwin" and not any(map(
            os.environ.get, ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _set_environment():
    """What JupyterLab and the programs that it starts find there."""
    others = os.environ.get("JUPYTER_CONFIG_PATH", "")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [str(SETTINGS), others]))
    # nbgrader and the terminals of JupyterLab start programs by name
    os.environ["PATH"] = os.pathsep.join(
        [str(Path(sys.executable).parent),
         os.environ.get("PATH", os.defpath)])
