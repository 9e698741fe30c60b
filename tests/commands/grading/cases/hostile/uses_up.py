"""It uses up what all share, or does not end. Bombs are bounded: they would
harm, but never this machine."""

import os

from tests.commands.grading.cases import course
from tests.commands.grading.cases.course import AUTOMATIC

from .case import HONEST, case, knows

# --- it uses up ------------------------------------------------------------

case("fork-bomb", "starts 400 processes",
     knows("""
import os, time
for _ in range(400):
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
"""), AUTOMATIC, HONEST, "process", "stopped", "memory", "second")
case("memory-bomb", "takes 3 GB of memory",
     knows("hog = [bytearray(b'x') * (50 << 20) for _ in range(60)]"),
     AUTOMATIC, HONEST, "memory", "stopped")
case("memory-bomb-of-many", "takes 3 GB in many small processes",
     knows("""
import os, time
for _ in range(30):
    if os.fork() == 0:
        hog = bytearray(b"x") * (100 << 20)
        time.sleep(2)
        os._exit(0)
time.sleep(1.5)
"""), AUTOMATIC, HONEST, "memory", "stopped", "second")
case("memory-of-nobody", "takes 3 GB that belong to no process",
     knows("""
import ctypes, mmap, os
libc, kept = ctypes.CDLL(None), []

def of_a_file():
    handle = os.memfd_create("x")
    os.truncate(handle, 50 << 20)
    return mmap.mmap(handle, 50 << 20)

def of_a_device():
    return mmap.mmap(os.open("/dev/zero", os.O_RDWR), 50 << 20)

def of_nothing():
    return mmap.mmap(-1, 50 << 20)

for take in (of_a_file, of_a_device, of_nothing):
    try:
        for _ in range(20):
            block = take()
            block.write(b"x" * len(block))
            kept.append(block)
            start = ctypes.addressof(ctypes.c_char.from_buffer(block))
            # The first page stays, and with it all that was written.
            libc.munmap(ctypes.c_void_p(start + 4096),
                        ctypes.c_size_t((50 << 20) - 4096))
    except OSError as error:
        print(take.__name__, error)
"""), AUTOMATIC, HONEST, "memory", "stopped")
case("empty-files", "writes a hundred thousand files without contents",
     knows("""
for number in range(100_000):
    open(f"/tmp/empty-{number}", "w").close()
"""), AUTOMATIC, HONEST, "files", "stopped", "second")
case("disk-fill", "writes 300 MB to every place it may write to",
     knows("""
for number in range(30):
    for place in (".", "/tmp", "/dev/shm", "@TMP@"):
        try:
            with open(f"{place}/fill-{number}", "wb") as file:
                file.write(b"x" * (10 << 20))
        except OSError:
            pass
"""), AUTOMATIC, HONEST, "memory", "disk", "stopped")
case("output-flood", "prints 1 GB",
     knows("for _ in range(1024):\n    print('x' * (1 << 20))"),
     AUTOMATIC, HONEST, "output", "print", "stopped", "second")
case("log-flood", "writes 300 MB past the notebook, to the terminal",
     knows("""
import os
for _ in range(300):
    os.write(1, b"x" * (1 << 20))
    os.write(2, b"y" * (1 << 20))
"""), AUTOMATIC, HONEST, "output", "print", "stopped", "second")
case("error-flood", "fails with a message of 20 MB",
     knows("", total="""
def total(rows):
    raise ValueError("x" * (20 << 20))
"""), AUTOMATIC - course.POINTS["total"], HONEST, "output", "print",
     "stopped", "second")
case("display-flood", "shows a hundred thousand small things",
     knows("for n in range(100_000):\n    display(n)"),
     AUTOMATIC, HONEST, "output", "print", "second")
case("widget-flood", "sends 300 MB as the state of widgets",
     knows("""
kernel = get_ipython().kernel
for n in range(300):
    kernel.session.send(kernel.iopub_socket, "comm_open", {
        "comm_id": f"w{n}", "target_name": "jupyter.widget",
        "data": {"state": {
            "_model_module": "m", "_model_name": "n",
            "_model_module_version": "1", "value": "x" * (1 << 20)}}},
        parent=kernel.get_parent("shell"))
"""), AUTOMATIC, HONEST, "output", "print", "stopped", "second")
case("buffer-flood", "sends messages with 1 GB beside their words",
     knows("""
kernel = get_ipython().kernel
for buffers in [bytes(500 << 20)], [bytes(50 << 20)] * 10:
    kernel.session.send(kernel.iopub_socket, "comm_msg", {},
                        parent=kernel.get_parent("shell"), buffers=buffers)
"""), AUTOMATIC, HONEST, "sent", "output", "print", "stopped", "second")
case("reply-flood", "answers each request with 100 MB",
     knows("""
session = get_ipython().kernel.session
send = session.send
def more(stream, kind, content=None, *rest, **named):
    if kind == "execute_reply":
        content = {**content, "user_expressions": {"x": "x" * (100 << 20)}}
    return send(stream, kind, content, *rest, **named)
session.send = more
"""), AUTOMATIC, HONEST, "output", "print", "stopped", "second",
     "memory")


def endless_page(exercise, world):
    """Text for which nbconvert's Markdown needs hours (it looks for the end
    of each formula that begins)."""
    notebook = course.answered(exercise)
    course.insert(notebook, "total-answer",
                  "\\begin{a}" * 200_000, "markdown")
    course.hand_in(world.root, world.student, notebook)


case("endless-page", "writes text that takes hours to convert to a page",
     endless_page, AUTOMATIC, HONEST, "page", "text", "second")
case("hundred-slow-cells", "runs a hundred cells, each nearly too slow",
     knows("", change=lambda notebook: [
         course.insert(notebook, "total-answer",
                       "import time\ntime.sleep(0.9)")
         for _ in range(100)]), AUTOMATIC, "second", "time")


def huge(exercise, world):
    """A notebook with an output of 100 MB, as a printing loop leaves it."""
    notebook = course.answered(exercise)
    printed = course.insert(notebook, "total-answer", "print('x')")
    printed["outputs"] = [{"output_type": "stream", "name": "stdout",
                           "text": "x" * (100 << 20)}]
    course.hand_in(world.root, world.student, notebook)


case("huge-notebook", "hands in a notebook of 100 MB", huge,
     AUTOMATIC, HONEST, "large", "big", "MB")


# --- it does not end -------------------------------------------------------

case("os-exit", "ends Python while it is checked",
     knows("", share="""
import os
def share(rows, centre):
    os._exit(0)
"""), course.POINTS["total"], "stopped")
case("ignores-interrupts", "loops, and catches every interrupt",
     knows("", share="""
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
def share(rows, centre):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""), course.POINTS["total"], "second", "time")
case("refuses-to-end", "sleeps when Python is to end",
     knows("""
import atexit, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
atexit.register(time.sleep, 300)
"""), AUTOMATIC, HONEST)
case("daemon", "leaves a process behind",
     knows("""
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(300)
    os._exit(0)
"""), AUTOMATIC, HONEST)
case("kills-grader", "kills the process that started it",
     knows("""
import os, signal
for kill, pid in ((os.kill, os.getppid()), (os.killpg, os.getppid())):
    try:
        if pid > 1:
            kill(pid, signal.SIGKILL)
    except OSError:
        pass
"""), AUTOMATIC, HONEST, "stopped")
case("stops-itself", "sends itself the signal to sleep",
     knows("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
     AUTOMATIC, HONEST, "second", "time", "stopped")
case("drops-replies", "runs, but never says that it has ended",
     knows("""
session = get_ipython().kernel.session
send = session.send
def quiet(stream, kind, *more, **named):
    if kind not in ("execute_reply", "status"):
        return send(stream, kind, *more, **named)
session.send = quiet
"""), AUTOMATIC, HONEST, "second", "time", "stopped")


case("no-more-answers", "has no memory left when a check asks for an answer",
     knows("", largest="""
def largest(rows):
    from multiprocessing.connection import Connection
    def full(*_):
        raise MemoryError
    Connection.send_bytes = full
"""), AUTOMATIC - course.POINTS["largest"], "did not answer")


OF_THE_WIRE = """
import os, struct, sys, threading, time
def wire():
    frame = sys._getframe()
    while "wire" not in frame.f_locals:
        frame = frame.f_back
    return os.dup(frame.f_locals["wire"].fileno())
"""
case("half-a-message", "begins a message to the checker, and lets it wait",
     knows(OF_THE_WIRE, largest="""
def largest(rows):
    os.write(wire(), struct.pack("!i", 100 << 20) + b"x")
    time.sleep(60)
"""), AUTOMATIC - course.POINTS["largest"], "second", "did not answer")
case("drop-by-drop", "sends the checker a message, one byte after the other",
     knows(OF_THE_WIRE, largest="""
def largest(rows):
    there = wire()
    def drip():
        os.write(there, struct.pack("!i", 100 << 20))
        while True:
            os.write(there, b"x")
            time.sleep(0.2)
    threading.Thread(target=drip, daemon=True).start()
    time.sleep(60)
"""), AUTOMATIC - course.POINTS["largest"], "second", "did not answer")
case("words-without-form", "tells the checker of names in a form it has not",
     knows("""
import _course_serving
_course_serving.describe = lambda names, namespace: {}
"""), 0, HONEST)


def pipe(folder, world):
    """A named pipe, which whoever reads it waits for."""
    os.mkfifo(folder / "notes.csv")


case("named-pipe", "hands in a file that never ends",
     knows("", files=pipe), AUTOMATIC, HONEST, "notes.csv")
