"""The process of `server`: pygeoapi's own Flask application on one port.

Its input is the configuration, one line of JSON, and then nothing: the pipe
ends when the kernel closes it, or when somebody kills the kernel.
"""

import json
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn, cast


def run(any_port: str, folder: Path) -> None:
    """Take the port, load pygeoapi, say "ready" and the address, serve.

    any_port: the address in the configuration that the real one replaces.
    folder: this process removes it at its end.
    """
    text = sys.stdin.readline()
    threading.Thread(target=_end_with_kernel, args=[folder],
                     daemon=True).start()
    from werkzeug.serving import WSGIRequestHandler, make_server
    application: Any = None
    handler = type("Quiet", (WSGIRequestHandler,),
                   {"log_request": lambda *_: None})
    listening = make_server(
        "127.0.0.1", json.loads(text)["server"]["bind"]["port"],
        lambda *request: application(*request), threaded=True,
        request_handler=handler)
    address = f"http://127.0.0.1:{listening.server_port}"
    application = _pygeoapi(text, any_port, address, folder)
    print("ready", address, flush=True)
    with (folder / "log").open("w") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    listening.serve_forever()


def _end_with_kernel(folder: Path) -> NoReturn:
    sys.stdin.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _pygeoapi(text: str, any_port: str, address: str, folder: Path) -> Any:
    """The application; its import reads files that two variables name."""
    configuration = json.loads(text.replace(any_port, address))
    for resource in configuration["resources"].values():
        for provider in resource.get("providers", []):
            if provider["type"] == "record":  # whose links name the server
                records = Path(provider["data"]).read_text("utf-8")
                provider["data"] = str(folder / "records.json")
                Path(provider["data"]).write_text(
                    records.replace(any_port, address), "utf-8")
    # Upgrade note (jsonschema >=4.26,<4.27): its `_format` prepares a grammar
    # that nobody asks for, in 2 of 3 seconds. Test: test_server.
    cast(Any, sys.modules)["rfc3987_syntax"] = None
    from pygeoapi.openapi import get_oas
    for variable, content in [("PYGEOAPI_CONFIG", configuration),
                              ("PYGEOAPI_OPENAPI", get_oas(configuration))]:
        file = folder / f"{variable.lower()}.json"
        file.write_text(json.dumps(content, default=str), "utf-8")
        os.environ[variable] = str(file)
    from pygeoapi.flask_app import APP
    return APP


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]))
