"""Linux accounts of trainees, and work that is done with their rights."""

import json
import os
import pwd
import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path

from commands.classroom.people import Trainee
from commands.classroom.room import ClassroomError, Room

MARK = "open-geodata classroom"  # in the account: it is one of ours
# No letter or digit that looks like another one.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def missing(room: Room, trainees: list[Trainee]) -> list[Trainee]:
    """Those without an account. Refuses names that belong to somebody."""
    absent = []
    for one in trainees:
        try:
            account = pwd.getpwnam(one.user)
        except KeyError:
            absent.append(one)
            continue
        if account.pw_gecos != MARK or Path(
                account.pw_dir) != room.homes / one.user:
            raise ClassroomError(
                f"{one.row}: this server has an account {one.user} already, "
                "and it is not of this training room. Choose another code.")
    return absent


def make(room: Room, trainees: list[Trainee]) -> None:
    """Make accounts that only JupyterHub can open: they have no password of
    the system."""
    for one in missing(room, trainees):
        done = subprocess.run(
            ["useradd", "--create-home", "--home-dir",
             str(room.homes / one.user), "--shell", "/bin/bash",
             "--user-group", "--comment", MARK, one.user],
            capture_output=True, text=True)
        if done.returncode:
            raise ClassroomError(f"{one.row}: the account {one.user} could "
                                 f"not be made: {done.stderr.strip()}")
    for one in trainees:  # useradd's own mode differs between systems
        (room.homes / one.user).chmod(0o700)


def codes(room: Room, trainees: list[Trainee]) -> dict[str, str]:
    """account → what this trainee types: the roster's password, or a code
    that stays the same when the room is opened again."""
    file = room.hub / "codes.json"
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    known = {one.user: one.password or known.get(one.user) or new_code()
             for one in trainees}
    file.touch(mode=0o600)
    file.write_text(json.dumps(known), encoding="utf-8")
    return known


def new_code() -> str:
    """For example kd7m-x2wp-9hta: 12 signs of 31, 59 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4))
                    for _ in range(3))


def as_trainee(user: str, work: Callable[[], object]) -> int:
    """Do something in a process that has this trainee's rights, in the home
    folder; the exit code. What a trainee has put there (links to other
    people's files, for example) can then do no harm."""
    account = pwd.getpwnam(user)
    groups = os.getgrouplist(user, account.pw_gid)
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        os.setgroups(groups)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        os.umask(0o077)
        os.chdir(account.pw_dir)
        work()
        code = 0
    except BaseException as error:
        os.write(2, f"{user}: {error}\n".encode())
    finally:
        os._exit(code)
