"""What a process may do: enter a cage, give up rights, accept limits.

Linux only, but importable everywhere.
"""

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path

# Numbers of <linux/prctl.h> and <linux/sched.h>
_PDEATHSIG, _DUMPABLE, _CAPBSET_DROP = 1, 4, 24
_CHILD_SUBREAPER, _NO_NEW_PRIVS = 36, 38
_NEW_USER = 0x10000000
# Mounts, host name, IPC, process ids, network
_NEW_OTHERS = 0x00020000 | 0x04000000 | 0x08000000 | 0x20000000 | 0x40000000
_CAPABILITY_VERSION = 0x20080522
_libc = (ctypes.CDLL(None, use_errno=True)
         if sys.platform.startswith("linux") else None)


def enter(pid: int) -> None:
    """Move this process into the namespaces of the cage with the first
    process pid. Its next children are in the cage's pid namespace, too."""
    handle = os.pidfd_open(pid)
    if _libc.setns(handle, _NEW_OTHERS | (_NEW_USER if os.geteuid() else 0)):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(handle)
    os.chdir("/")


def renounce(user: int | None) -> bool:
    """Give up every right, for ever: become user (only root can), enter a
    user namespace of its own, keep no capability, gain none.

    Returns whether it has a user namespace of its own. Only then are its
    processes counted separately from the user's other processes.
    """
    for capability in range(64):  # drop from the bounding set, if allowed
        if _libc.prctl(_CAPBSET_DROP, capability, 0, 0, 0):
            break
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    # Processes are counted, and so limited, in a user namespace of its own;
    # no further one can be made in it.
    has_namespace = _libc.unshare(_NEW_USER) == 0
    if has_namespace:
        with contextlib.suppress(OSError):
            Path("/proc/sys/user/max_user_namespaces").write_text("0")
    _prctl(_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    _libc.capset(header, (ctypes.c_uint32 * 6)())
    _prctl(_DUMPABLE, 1)  # /proc/self stays its own
    return has_namespace


def limit(memory: int, processes: int | None, open_files: int,
          file_size: int, seconds: int):
    """Resource limits of this process and its children."""
    import resource  # which Windows lacks
    for name, value in ((resource.RLIMIT_AS, memory),
                        (resource.RLIMIT_NPROC, processes),
                        (resource.RLIMIT_NOFILE, open_files),
                        (resource.RLIMIT_FSIZE, file_size),
                        (resource.RLIMIT_CPU, seconds),
                        (resource.RLIMIT_CORE, 0)):
        if value is not None:
            resource.setrlimit(name, (value, value))


def limit_data(size: int) -> None:
    """Let this process hold at most size bytes of private memory. More than
    this raises MemoryError. Libraries do not count."""
    import resource
    with contextlib.suppress(ValueError):  # less is allowed already
        resource.setrlimit(resource.RLIMIT_DATA, (
            size, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def end_with_parent() -> None:
    """Have this process killed when its parent ends."""
    _prctl(_PDEATHSIG, signal.SIGKILL)


def adopt() -> None:
    """Become the parent of processes whose own parent has ended."""
    _prctl(_CHILD_SUBREAPER, 1)


def _prctl(*arguments):
    if _libc.prctl(*arguments, *[0] * (5 - len(arguments))):
        raise OSError(ctypes.get_errno(), f"prctl{arguments}")
