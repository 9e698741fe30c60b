"""The network cut that the tests rely on is one: behind it the book runs
every lesson, exercise and solution."""

import socketserver
import subprocess
import sys
import threading

from tests.support import needs, no_network

TRY = """
import socket, sys
host, port = sys.argv[1], int(sys.argv[2])
try:
    socket.create_connection((host, port), timeout=5)
    print("connected")
except OSError as error:
    print("refused")
"""


def attempt(prefix, host, port):
    return subprocess.run(
        [*prefix, sys.executable, "-c", TRY, host, str(port)],
        capture_output=True, text=True).stdout.strip()


def test_a_program_behind_the_cut_reaches_nothing_outside():
    needs("bwrap")
    with socketserver.TCPServer(("127.0.0.1", 0),
                                socketserver.BaseRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        # The same try succeeds without the cut, so that it can fail.
        assert attempt([], "127.0.0.1", port) == "connected"
        assert attempt(no_network(), "127.0.0.1", port) == "refused"
        server.shutdown()


def test_behind_the_cut_only_the_loopback_is_there():
    needs("bwrap")
    names = subprocess.run(
        [*no_network(), sys.executable, "-c",
         "import socket; print(*[n for _, n in socket.if_nameindex()])"],
        capture_output=True, text=True).stdout.split()
    assert names == ["lo"]
