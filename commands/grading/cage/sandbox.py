"""Where strangers' notebooks run: a cage without rights, files or network.

bubblewrap holds the namespaces (`Cage`); a process that has imported all it
needs enters them (`enter`), gives up what rights it has and runs the kernel.
It sees the system and the course's helpers and data read-only, no exercise,
no solution, no gradebook, no other submission, no network; it may write into
small memory file systems that end with it.

Where bubblewrap cannot make namespaces, Landlock (Linux 5.13) confines the
process instead: `best` says which of the two this machine has.
"""

import contextlib
import ctypes
import functools
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

from helpers.data import DATA, ROOT
from helpers.errors import CourseError

NOBODY = 65534
BWRAP, LANDLOCK, NONE = "bubblewrap", "Landlock", "none"
WORK, SOCKETS = "/tmp/work", "/tmp/.kernel"
SEES_ETC = ("alternatives", "fonts", "ld.so.cache", "localtime", "mime.types")
_libc = (ctypes.CDLL(None, use_errno=True)
         if sys.platform.startswith("linux") else None)


class NoSandbox(CourseError):
    """Neither bubblewrap nor Landlock can be had."""


def best() -> str:
    """The strongest sandbox that works here: BWRAP, LANDLOCK or NONE."""
    if not sys.platform.startswith("linux"):
        return NONE
    try:
        with Cage():
            return BWRAP
    except OSError:
        return LANDLOCK if landlock_abi() else NONE


def choose(unsafe: bool = False) -> str:
    """The sandbox to use. Raises NoSandbox where there is none, unless the
    instructor takes the risk."""
    if unsafe:
        return NONE
    found = best()
    if found == NONE:
        raise NoSandbox(
            "This machine has no sandbox: a notebook of a stranger could "
            "read the solutions and\nchange scores. Install bubblewrap "
            "(Debian: apt install bubblewrap), or grade on Linux.\nIf you "
            "trust everyone who has handed in something: --unsafe")
    return found


# --- the cage --------------------------------------------------------------

class Cage:
    """Namespaces of its own, held by bubblewrap, used as a context.

    pid is the first process in them, as seen from outside; root is where
    its files are seen from outside. Raises OSError where they cannot be
    made. When the context ends, all that runs in it is killed.
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
        with open(read, encoding="utf-8") as told:
            ready = self._holder.stdout.readline()
            if not ready:
                _, error = self._holder.communicate()
                raise OSError(error.decode(errors="replace").strip())
            self.pid = json.load(told)["child-pid"]
        self.root = f"/proc/{self.pid}/root"
        return self

    def __exit__(self, *error):
        self._holder.kill()
        self._holder.communicate()

    def processes(self) -> list[int]:
        """All processes in the cage, as seen from outside."""
        own = os.stat(f"/proc/{self.pid}/ns/pid").st_ino
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.stat(f"/proc/{name}/ns/pid").st_ino == own:
                    found.append(int(name))
            except OSError:  # ended, or somebody else's
                continue
        return found


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
    for file in visible():
        names += [["--perms", "0755", "--dir", str(parent)]
                  for parent in reversed(file.parents) if str(parent) != "/"
                  and parent != Path("/usr") and parent != Path("/tmp")]
        names.append(["--ro-bind", str(file), str(file)])
    if folder:
        names.append(["--ro-bind", str(folder), "/tmp/.submission"])
    return [program, "--die-with-parent", *(["--unshare-user"]
            if os.geteuid() else []), "--unshare-pid", "--unshare-net",
            "--unshare-ipc", "--unshare-uts", "--hostname", "cage",
            *(word for words in names for word in words),
            "--proc", "/proc", "--dev", "/dev",
            "--size", str(tmpfs), "--perms", "1777", "--tmpfs", "/dev/shm",
            "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]


@functools.cache
def visible() -> tuple[Path, ...]:
    """What a kernel may read, besides /usr: Python, helpers, data."""
    found = [Path("/etc", name) for name in SEES_ETC]
    found += [Path(sys.base_prefix), Path(sys.prefix), ROOT / "helpers"]
    found += [file for file in sorted(DATA.iterdir()) if file.name != "make"]
    inside = Path("/usr")
    return tuple(file for file in dict.fromkeys(found) if file.exists()
                 and inside not in file.resolve().parents)


def enter(pid: int) -> None:
    """Move this process into the namespaces of the cage whose first process
    is pid. Its next children are in the cage's pid namespace, too."""
    # CLONE_NEW… of mount, host name, IPC, process ids, network
    flags = 0x00020000 | 0x04000000 | 0x08000000 | 0x20000000 | 0x40000000
    if os.geteuid():
        flags |= 0x10000000  # user
    handle = os.pidfd_open(pid)
    if _libc.setns(handle, flags):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(handle)
    os.chdir("/")


def renounce(caged: bool = True) -> bool:
    """Give up every right, for good: another user (when root), a user
    namespace of its own, no capability, none to be gained.

    Outside a cage, root stays its user where nobody could reach Python.
    Returns whether there is a user namespace of its own: only then are its
    processes counted apart from the user's others.
    """
    for capability in range(64):  # out of the bounding set, where allowed
        if _libc.prctl(24, capability, 0, 0, 0):
            break
    if os.geteuid() == 0 and (caged or _all_reach_python()):
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    # Processes are counted, and so limited, in a user namespace of its own;
    # no further one can be made in it.
    own = _libc.unshare(0x10000000) == 0
    if own:
        with contextlib.suppress(OSError):
            Path("/proc/sys/user/max_user_namespaces").write_text("0")
    _prctl(38, 1)  # PR_SET_NO_NEW_PRIVS
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _libc.capset(header, (ctypes.c_uint32 * 6)())
    _prctl(4, 1)   # dumpable: /proc/self stays its own
    return own


def end_with_parent() -> None:
    """Have this process killed when its parent ends."""
    _prctl(1, signal.SIGKILL)


def adopt() -> None:
    """Become the parent of what one's descendants leave behind."""
    _prctl(36, 1)


def _all_reach_python():
    return all(parent.stat().st_mode & 1 for name in (
        sys.prefix, sys.base_prefix, ROOT)
        for parent in [Path(name).resolve(), *Path(name).resolve().parents])


def _prctl(*arguments):
    if _libc.prctl(*arguments, *[0] * (5 - len(arguments))):
        raise OSError(ctypes.get_errno(), f"prctl{arguments}")


def limit(memory: int, processes: int | None, file_size: int, seconds: int):
    """Resource limits of this process and its children."""
    import resource  # which Windows lacks
    for kind, value in ((resource.RLIMIT_AS, memory),
                        (resource.RLIMIT_NPROC, processes),
                        (resource.RLIMIT_FSIZE, file_size),
                        (resource.RLIMIT_CPU, seconds),
                        (resource.RLIMIT_CORE, 0)):
        if value is not None:
            resource.setrlimit(kind, (value, value))


# --- Landlock --------------------------------------------------------------

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, all architectures
_READ = 1 << 0 | 1 << 2 | 1 << 3          # execute, read file, read folder


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64),
                ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def landlock_abi() -> int:
    """The version of Landlock that this kernel offers; 0: none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1))


def confine(folder: Path) -> None:
    """Landlock: read the system, helpers and data; write only in folder;
    no TCP and no signals to others where the kernel knows to refuse them.
    Call after `renounce`. Raises OSError when the kernel refuses."""
    abi = landlock_abi()
    kinds = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5)
    all_files = (1 << kinds) - 1
    rules = _Ruleset(all_files, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = _call(_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    readable = [Path(name) for name in (
        "/usr", "/bin", "/lib", "/lib64", "/proc/self")]
    rights = dict.fromkeys([*readable, *visible()], _READ)
    rights |= {folder: all_files}
    rights |= {Path("/dev", name): 1 << 1 | 1 << 2
               for name in ("null", "zero", "urandom", "random")}
    for file, allowed in rights.items():
        if not file.exists():
            continue
        handle = os.open(file, os.O_PATH | os.O_CLOEXEC)
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            allowed &= 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14 * (abi >= 3)
        beneath = _Beneath(allowed, handle)
        _call(_ADD, ruleset, 1, ctypes.byref(beneath), 0)
        os.close(handle)
    _call(_RESTRICT, ruleset, 0)
    os.close(ruleset)


def _call(number, *arguments):
    result = _libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"Landlock: call {number}")
    return result
