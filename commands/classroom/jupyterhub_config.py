"""JupyterHub's settings for a training room. `command` starts it so:
COURSE_CLASSROOM=FOLDER python -m jupyterhub -f THIS_FILE"""

import os
from pathlib import Path

from commands.classroom import memory
from commands.classroom.hub import CodeAuthenticator, SeatSpawner
from commands.classroom.layout import environment
from commands.classroom.room import saved

room = saved(Path(os.environ["COURSE_CLASSROOM"]))
c = get_config()  # noqa: F821 - JupyterHub gives it

c.JupyterHub.bind_url = f"http://:{room.port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{room.port + 1}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{room.port + 2}"
c.ConfigurableHTTPProxy.command = [room.proxy]
c.ConfigurableHTTPProxy.pid_file = str(room.hub / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{room.hub}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(room.hub / "cookie_secret")
c.JupyterHub.template_vars = {"announcement": " · ".join(
    f"{day}: hand in before {due}" for day, due in room.due.items())}

c.JupyterHub.authenticator_class = CodeAuthenticator
c.CodeAuthenticator.codes = str(room.hub / "codes.json")
c.Authenticator.allowed_users = set(room.names)

# All begin at the same moment, on few cores.
c.JupyterHub.spawner_class = SeatSpawner
c.JupyterHub.concurrent_spawn_limit = max(100, len(room.names))
c.JupyterHub.active_server_limit = 0  # none
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 180
c.Spawner.cmd = [str(room.env / "bin" / "python"), "-m",
                 "jupyterhub.singleuser"]
c.Spawner.args = ["--LanguageServerManager.autodetect=False"]
c.Spawner.env_keep = ["LANG", "LC_ALL", "TZ"]
c.Spawner.environment = environment(room)
c.Spawner.notebook_dir = "~"
c.Spawner.default_url = "/lab/tree/course/index.md"
c.Spawner.mem_limit = memory.LIMIT  # shown; SeatSpawner sets it
