"""A filter of system calls: refuse what no notebook needs (Linux 3.17).

It refuses sockets of every family except AF_UNIX; memory that belongs to no
process, because nobody can count it; and calls that look into other processes
or make attacks on the Linux kernel easier. The numbers are those of
<linux/seccomp.h>, <linux/filter.h>, <linux/audit.h> and <asm/unistd.h>.
Importable everywhere.
"""

import ctypes
import errno
import platform
import socket
import sys

# Per machine: its name in <linux/audit.h>, and the numbers of the calls.
_ARCHITECTURES = {
    "x86_64": (0xC000003E, {
        "seccomp": 317, "mmap": 9, "socket": 41, "socketpair": 53,
        "shmget": 29, "semget": 64, "msgget": 68, "ptrace": 101,
        "add_key": 248, "request_key": 249, "keyctl": 250,
        "perf_event_open": 298, "process_vm_readv": 310,
        "process_vm_writev": 311, "memfd_create": 319, "bpf": 321,
        "userfaultfd": 323, "io_uring_setup": 425, "memfd_secret": 447}),
    "aarch64": (0xC00000B7, {
        "seccomp": 277, "mmap": 222, "socket": 198, "socketpair": 199,
        "shmget": 194, "semget": 190, "msgget": 186, "ptrace": 117,
        "add_key": 217, "request_key": 218, "keyctl": 219,
        "perf_event_open": 241, "process_vm_readv": 270,
        "process_vm_writev": 271, "memfd_create": 279, "bpf": 280,
        "userfaultfd": 282, "io_uring_setup": 425, "memfd_secret": 447})}
_LOOKED_AT = ("mmap", "socket", "socketpair")  # refused by their arguments
_NOT_REFUSED = (*_LOOKED_AT, "seccomp")
_X32 = 0x40000000  # x86_64: from here on, the same calls with other numbers

# Offsets in struct seccomp_data, of the low halves.
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _FOURTH_ARGUMENT = 0, 4, 16, 40
_SHARED_ANONYMOUS = 0x01 | 0x20  # flags of mmap, its fourth argument

# Instructions: load a word, "and" it, compare, return.
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST = 0x15, 0x35
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000  # _ERROR | errno

_SET_FILTER, _KEEP_SPECULATION = 1, 4  # the latter: no slower than before


class _Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_uint16), ("if_true", ctypes.c_uint8),
                ("if_false", ctypes.c_uint8), ("value", ctypes.c_uint32)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_uint16),
                ("instructions", ctypes.POINTER(_Instruction))]


def confine() -> bool:
    """Refuse these calls to this process and its children, for ever. Call
    after `rights.renounce`, while there is one thread.

    Returns whether it was done: on an unknown machine, or without seccomp in
    the Linux kernel, it changes nothing.
    """
    machine = platform.machine()
    if not sys.platform.startswith("linux") or sys.byteorder != "little" or (
            machine not in _ARCHITECTURES or sys.maxsize < 1 << 32):
        return False
    lines = _filter(machine)
    program = _Program(len(lines), (_Instruction * len(lines))(*lines))
    return ctypes.CDLL(None).syscall(
        _ARCHITECTURES[machine][1]["seccomp"], _SET_FILTER,
        _KEEP_SPECULATION, ctypes.byref(program)) == 0


def _filter(machine):
    """The filter's lines. A comparison skips as many lines as it says."""
    architecture, numbers = _ARCHITECTURES[machine]
    refuse = (_RETURN, 0, 0, _ERROR | errno.EPERM)
    allow = (_RETURN, 0, 0, _ALLOW)
    lines = [(_LOAD, 0, 0, _ARCHITECTURE),  # 32-bit calls have other numbers
             (_IF_EQUAL, 1, 0, architecture), refuse,
             (_LOAD, 0, 0, _NUMBER)]
    if machine == "x86_64":
        lines += [(_IF_AT_LEAST, 0, 1, _X32), refuse]
    for name, number in numbers.items():
        if name not in _NOT_REFUSED:
            lines += [(_IF_EQUAL, 0, 1, number), refuse]
    for name in ("socket", "socketpair"):
        lines += [(_IF_EQUAL, 0, 4, numbers[name]),
                  (_LOAD, 0, 0, _FIRST_ARGUMENT),
                  (_IF_EQUAL, 0, 1, int(socket.AF_UNIX)), allow,
                  (_RETURN, 0, 0, _ERROR | errno.EAFNOSUPPORT)]
    return [*lines, (_IF_EQUAL, 0, 4, numbers["mmap"]),
            (_LOAD, 0, 0, _FOURTH_ARGUMENT),
            (_AND, 0, 0, _SHARED_ANONYMOUS),
            (_IF_EQUAL, 0, 1, _SHARED_ANONYMOUS), refuse, allow]
