"""A limit of memory per trainee, as strong as this server allows.

A control group counts all processes of a trainee together. Where the server
offers none (some containers), each process is limited alone; a trainee with
several notebooks can then use several times as much.
"""

import os
import resource
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
NAME = "open-geodata"
LIMIT = 1536 * 2 ** 20  # bytes per trainee: a kernel with geopandas has 0.3 GB
IDLE, WORKING = 0.13, 0.3  # GB: measured, a server alone and with a notebook


def home() -> Path | None:
    """Where control groups for memory can be made, or None."""
    for folder, has in ((GROUPS / "memory", "memory.limit_in_bytes"),
                        (GROUPS, "cgroup.subtree_control")):
        if (folder / has).exists() and os.access(folder, os.W_OK):
            return folder / NAME
    return None


def described(groups: Path | None) -> str:
    """What the limit is, in words."""
    size = f"{LIMIT / 2 ** 30:.1f} GB of memory"
    return (f"{size} for all programs of a trainee together (control group)"
            if groups else f"{size} for each program of a trainee (this "
            "server offers no control groups: several notebooks of one "
            "trainee count one by one)")


def prepare(groups: Path | None, user: str) -> Path | None:
    """The file that a process of this trainee joins by writing its id; None
    if there can be no group."""
    if groups is None:
        return None
    group = groups / user
    try:
        groups.mkdir(exist_ok=True)
        for one in (groups.parent, groups):  # control groups of version 2
            control = one / "cgroup.subtree_control"
            if control.exists() and "memory" not in control.read_text():
                control.write_text("+memory")
        group.mkdir(exist_ok=True)
        limits = [group / name for name in (
            "memory.max", "memory.limit_in_bytes") if (group / name).exists()]
        limits[0].write_text(str(LIMIT))
    except (OSError, IndexError):
        return None
    return group / "cgroup.procs"


def enter(processes: Path | None) -> None:
    """Called in the new process, still as root."""
    if processes:
        processes.write_text(str(os.getpid()))
    else:  # counts what a process writes to, not what it merely reserves
        resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT))
