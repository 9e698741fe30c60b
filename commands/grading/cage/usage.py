"""What a kernel uses, measured from outside: its code cannot falsify this.

A kernel's processes are the descendants of the processes that hold it: its
keeper and, in a cage, the cage's first process. That one becomes the parent
of children whose own parent has ended.
"""

import contextlib
import os

KB = 1 << 10
PRIVATE_OR_SHARED = (b"RssAnon:", b"RssShmem:")  # of /proc/PID/status
THE_SAME_DIVIDED = (b"Pss_Anon:", b"Pss_Shmem:")  # of /proc/PID/smaps_rollup
A_FILE = 4 * KB  # what Linux itself keeps of a file, rounded up


def excess(holders: list[int], root: str | None, folders: list[str],
           limits) -> str:
    """The reason to stop a kernel that uses more than its limits; "" if it
    does not.

    holders: process ids, see above. folders: where it may write; root: of a
    cage, else None. limits: `kernels.Limits`.
    """
    pids = descendants(holders)
    if (memory(pids) > limits.memory
            and memory(pids, divided=True) > limits.memory):
        return "it was stopped: it used more memory than a notebook may"
    # A cage's first process has a child that is not the kernel's.
    if sum(map(_threads, pids)) >= limits.processes + len(holders):
        return ("it was stopped: it started more than "
                f"{limits.processes} processes and threads")
    written = (_written if root is None else _counted)
    if sum(written((root or "") + folder)
           for folder in folders) > limits.files:
        return ("it was stopped: it wrote more than "
                f"{limits.files >> 20} MB, or too many files")
    return ""


def descendants(pids: list[int]) -> list[int]:
    """Process ids of all children, their children, and so on."""
    found, news = [], list(pids)
    while news:
        tasks = f"/proc/{news.pop()}/task"
        with contextlib.suppress(OSError):  # it has ended
            for task in os.listdir(tasks):
                with open(f"{tasks}/{task}/children", "rb") as file:
                    children = [*map(int, file.read().split())]
                found += children
                news += children
    return found


def memory(pids: list[int], divided: bool = False) -> int:
    """Bytes of memory that the processes hold, shared memory included.

    divided: memory that several processes share is divided among them (a
    fork shares its parent's memory). This takes longer.
    """
    return KB * sum(_memory_of(pid, divided) for pid in pids)


def _memory_of(pid, divided):
    if divided:
        with contextlib.suppress(OSError):  # it may not be asked
            return _fields(pid, "smaps_rollup", THE_SAME_DIVIDED)
    with contextlib.suppress(OSError):  # it has ended
        return _fields(pid, "status", PRIVATE_OR_SHARED)
    return 0


def _threads(pid):
    with contextlib.suppress(OSError):
        return _fields(pid, "status", (b"Threads:",))
    return 0


def _fields(pid, file, names):
    """The sum of these fields of a file of /proc."""
    with open(f"/proc/{pid}/{file}", "rb") as lines:
        return sum(int(line.split()[1]) for line in lines
                   if line.startswith(names))


def _written(folder):
    """Bytes that the files of a folder use."""
    total = 0
    for parent, folders, names in os.walk(folder):
        total += A_FILE * (len(folders) + len(names))
        for name in names:
            with contextlib.suppress(OSError):  # it is gone
                total += 512 * os.lstat(os.path.join(parent, name)).st_blocks
    return total


def _counted(folder):
    """Bytes that the number of files uses, in a file system that limits only
    their contents."""
    with contextlib.suppress(OSError):  # it has ended
        system = os.statvfs(folder)
        return A_FILE * (system.f_files - system.f_ffree)
    return 0
