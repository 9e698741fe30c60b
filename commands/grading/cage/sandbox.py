"""Where strangers' notebooks run: a cage without rights, files or network.

bubblewrap makes the namespaces and holds them (`Cage`); a process of the fork
server enters them, gives up its rights and becomes the kernel. It sees the
system and the course's helpers and data read-only: no command, exercise,
solution, gradebook or other submission, and no network. It may write into
small memory file systems that end with it.

Where bubblewrap cannot make namespaces, Landlock (Linux 5.13) confines the
process instead: `best` says which of the two this machine has.
"""

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from commands.grading.cage.forkserver import landlock
from helpers.data import DATA, ROOT
from helpers.errors import CourseError

NOBODY = 65534
BWRAP, LANDLOCK, NONE = "bubblewrap", "Landlock", "none"
WORK, SOCKETS = "/tmp/work", "/tmp/.kernel"
WRITABLE = ("/tmp", "/dev/shm")  # file systems of a cage, limited in size
DESCRIPTIONS = {
    BWRAP: "Each notebook runs in a bubblewrap sandbox.",
    LANDLOCK: "bubblewrap does not work here: notebooks are confined by "
              "Landlock. They can see\nother processes, and call programs "
              "that listen on a socket file.",
    NONE: "Unsafe: notebooks run with all your rights, without a sandbox.",
}
HIDDEN = "make"  # of data/: it says what is wrong with the data
SEES_ETC = ("alternatives", "fonts", "ld.so.cache", "localtime", "mime.types")


class NoSandbox(CourseError):
    """Neither bubblewrap nor Landlock works here."""


def best() -> str:
    """The strongest sandbox that works here: BWRAP, LANDLOCK or NONE."""
    if not sys.platform.startswith("linux"):
        return NONE
    try:
        with Cage():
            return BWRAP
    except OSError:
        return LANDLOCK if landlock.version() else NONE


def choose(unsafe: bool = False) -> str:
    """The sandbox to use. Raises NoSandbox where there is none, unless the
    instructor takes the risk."""
    if unsafe:
        return NONE
    strongest = best()
    if strongest == NONE:
        raise NoSandbox(
            "This machine has no sandbox: a notebook of a stranger could "
            "read the solutions and\nchange scores. Install bubblewrap "
            "(Debian: apt install bubblewrap), or grade on Linux.\nIf you "
            "trust everyone who has handed in something: --unsafe")
    return strongest


# --- the cage --------------------------------------------------------------

class Cage:
    """Namespaces of its own, held by bubblewrap, used as a context.

    pid is the first process in them, as seen from outside; root is the path
    of its files from outside. Raises OSError where namespaces cannot be made.
    When the context ends, all processes in it are killed.
    """

    def __init__(self, folder: Path | None = None, tmpfs: int = 256 << 20):
        self._command = [*_bwrap(folder, tmpfs), "sh", "-c",
                         "echo ready; exec cat"]

    def __enter__(self):
        read, write = os.pipe()
        try:
            self._holder = subprocess.Popen(
                [*self._command[:1], "--info-fd", str(write),
                 *self._command[1:]], pass_fds=[write], cwd="/",
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, start_new_session=True, env={})
        finally:
            os.close(write)
        with open(read, encoding="utf-8") as info:
            ready = self._holder.stdout.readline()
            if not ready:
                _, error = self._holder.communicate()
                raise OSError(error.decode(errors="replace").strip())
            self.pid = json.load(info)["child-pid"]
        self.root = f"/proc/{self.pid}/root"
        return self

    def __exit__(self, *error):
        self._holder.kill()
        self._holder.communicate()


def _bwrap(folder, tmpfs):
    """bubblewrap's command line; folder is copied from, read-only."""
    program = shutil.which("bwrap")
    if not program:
        raise OSError("bubblewrap is not installed")
    names = [["--ro-bind", "/usr", "/usr"]]
    for name in ("/bin", "/sbin", "/lib", "/lib64"):
        if os.path.islink(name):
            names.append(["--symlink", os.readlink(name), name])
        elif os.path.exists(name):
            names.append(["--ro-bind", name, name])
    names += [["--size", str(tmpfs), "--perms", "1777", "--tmpfs", "/tmp"],
              ["--perms", "1777", "--dir", SOCKETS],
              ["--perms", "1777", "--dir", WORK]]
    # data/ as a whole, with a cover on what nobody may see: each mount has
    # its price, two cages are made for each notebook.
    files = dict.fromkeys(DATA if file.parent == DATA else file
                          for file in visible())
    for parent in dict.fromkeys(parent for file in files
                                for parent in reversed(file.parents)):
        if str(parent) not in ("/", "/usr", "/tmp"):
            names.append(["--perms", "0755", "--dir", str(parent)])
    names += [["--ro-bind", str(file), str(file)] for file in files]
    names += [["--perms", "0755", "--size", "4096", "--tmpfs", str(cover),
               "--remount-ro", str(cover)] for cover in [DATA / HIDDEN]
              if cover.exists()]
    if folder:
        names.append(["--ro-bind", str(folder), "/tmp/.submission"])
    return [program, "--die-with-parent", *(["--unshare-user"]
            if os.geteuid() else []), "--unshare-pid", "--unshare-net",
            "--unshare-ipc", "--unshare-uts", "--hostname", "cage",
            *(word for words in names for word in words),
            "--proc", "/proc", "--dev", "/dev",
            # A shared map of /dev/zero is memory that nobody counts.
            "--ro-bind", "/dev/null", "/dev/zero",
            "--size", str(tmpfs), "--perms", "1777", "--tmpfs", "/dev/shm",
            "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


@functools.cache
def visible() -> tuple[Path, ...]:
    """What a kernel may read, besides /usr: Python, helpers, data."""
    files = [Path("/etc", name) for name in SEES_ETC]
    files += [Path(sys.base_prefix), Path(sys.prefix), ROOT / "helpers"]
    files += [file for file in sorted(DATA.iterdir()) if file.name != HIDDEN]
    inside = Path("/usr")
    return tuple(file for file in dict.fromkeys(files) if file.exists()
                 and inside not in file.resolve().parents)


# --- rights ----------------------------------------------------------------

def measures(sandbox: str, folder: str) -> dict:
    """What the fork server must do to a kernel that may write in folder:
    a part of the request."""
    return {"renounce": sandbox != NONE, "user": _user(sandbox),
            "landlock": {"folder": folder, "readable": list(map(
                str, visible()))} if sandbox == LANDLOCK else None}


def _user(sandbox):
    """The user that root's kernels become. Outside a cage, root stays root if
    that user could not reach Python."""
    if sandbox == NONE or os.geteuid() != 0:
        return None
    return NOBODY if sandbox == BWRAP or _all_reach_python() else None


def _all_reach_python():
    return all(parent.stat().st_mode & 1 for name in (
        sys.prefix, sys.base_prefix, ROOT)
        for parent in [Path(name).resolve(), *Path(name).resolve().parents])
