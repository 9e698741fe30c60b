"""JupyterLab with the course's settings, opened on the welcome page."""

import contextlib
import os
import sys
import webbrowser
from pathlib import Path

from commands.terminal import err, out
from helpers.data import ROOT

WELCOME = "course/index.md"
SETTINGS = Path(__file__).parent / "config"


def open_lab(arguments: list[str]) -> int:
    """Run JupyterLab, in this process, until it is stopped.

    arguments are JupyterLab's own, for example ["--no-browser"]. It listens
    on the loopback and asks for its token; the last line on the screen is
    the address to open. Returns 0; JupyterLab itself exits on a failure.
    """
    from jupyter_core.application import NoStart
    from jupyterlab.labapp import LabApp
    _set_environment()
    os.chdir(ROOT)
    if is_root():
        err.print("You are root: JupyterLab and each notebook run with all "
                  "rights on this machine.", soft_wrap=True)
    server = LabApp.initialize_server([*options(), *arguments])
    # The loop begins when JupyterLab has said all that it has to say.
    server.io_loop.add_callback(_say_address, server)
    with contextlib.suppress(NoStart):  # it was only asked for its settings
        server.start()
    return 0


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
    name one elsewhere, as an editor on another machine does."""
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


def _say_address(server):
    # A token of the user's own is not repeated: JupyterLab asks for it.
    address = server.local_url.removesuffix("?token=...")
    out.print(f"\nJupyterLab is ready. Open this address in a browser:\n\n"
              f"  {address}\n", soft_wrap=True)
