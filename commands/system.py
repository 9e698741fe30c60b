"""What the system refuses to a command, in one sentence with a remedy."""

import errno
import os
from pathlib import Path

REMEDIES = {  # the kinds of error → what is wrong, and what to do
    (errno.EACCES, errno.EPERM): "you may not read or write there. Choose a "
    "place that is yours, or ask its owner for the right",
    (errno.EROFS,): "nothing can be written there. Choose another place",
    (errno.ENOTDIR, errno.EEXIST): "it is a file, or has one among its "
    "folders. Give a folder",
    (errno.EISDIR,): "it is a folder. Give a file",
    (errno.ENOENT,): "there is none. Give the whole path",
    (errno.ENAMETOOLONG,): "the name is too long. Choose a shorter one",
    (errno.ENOSPC, errno.EDQUOT): "the disk is full. Make room on it"}


def in_words(error: OSError) -> str:
    """The path, what is wrong, and the remedy."""
    remedy = next((words for numbers, words in REMEDIES.items()
                   if error.errno in numbers),
                  f"{error.strerror or error}. Repair this")
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{remedy}, then run the command again."


def must_be_writable(folder: Path) -> None:
    """OSError, before any work, if no file can be made in a folder that
    exists or is to be made."""
    there = folder.absolute()
    while not there.exists():
        there = there.parent
    if not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "", str(there))
    if not os.access(there, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "", str(there))
