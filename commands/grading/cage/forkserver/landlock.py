"""Landlock: the Linux kernel itself confines a process (Linux 5.13).

The numbers are those of <linux/landlock.h>. Importable everywhere.
"""

import ctypes
import os
import stat
import sys
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # system calls, all architectures
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1, 2, 4, 8
_TRUNCATE = 1 << 14
_READ = _EXECUTE | _READ_FILE | _READ_FOLDER
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/proc/self")
DEVICES = ("null", "urandom", "random")
_libc = (ctypes.CDLL(None, use_errno=True)
         if sys.platform.startswith("linux") else None)


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64),
                ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def version() -> int:
    """The version of Landlock that this kernel offers; 0: none."""
    if _libc is None:
        return 0
    return max(0, _libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1))


def confine(folder: str, readable: list[str]) -> None:
    """Confine this process: it reads the system and what is readable, and
    writes only in folder. It has no TCP and sends no signals to others, if
    the Linux kernel can refuse these. Call after `rights.renounce`. Raises
    OSError when the Linux kernel refuses."""
    abi = version()
    right_count = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5)
    everything = (1 << right_count) - 1
    rules = _Ruleset(everything, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = _call(_CREATE, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    allowed = dict.fromkeys([*SYSTEM, *readable], _READ)
    allowed |= {folder: everything}
    allowed |= {f"/dev/{name}": _READ_FILE | _WRITE_FILE for name in DEVICES}
    of_files = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE * (abi >= 3)
    for path, rights in allowed.items():
        if not Path(path).exists():
            continue
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            rights &= of_files
        beneath = _Beneath(rights, handle)
        _call(_ADD, ruleset, 1, ctypes.byref(beneath), 0)
        os.close(handle)
    _call(_RESTRICT, ruleset, 0)
    os.close(ruleset)


def _call(number, *arguments):
    result = _libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"Landlock: call {number}")
    return result
