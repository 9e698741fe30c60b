"""JupyterHub's parts that are the course's own: who may log in, with what,
and a limit of memory for each trainee."""

import hmac
import json

from jupyterhub.auth import Authenticator
from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Unicode

from commands.classroom import memory


class CodeAuthenticator(Authenticator):
    """Compares what is typed with the file of access codes."""

    codes = Unicode(help="The file: account → code").tag(config=True)

    async def authenticate(self, handler, data):
        with open(self.codes, encoding="utf-8") as file:
            codes = json.load(file)
        user = self.normalize_username(data["username"].strip())
        typed = data["password"].strip().encode()
        right = codes.get(user, "").encode()
        return user if right and hmac.compare_digest(typed, right) else None


class SeatSpawner(LocalProcessSpawner):
    """A trainee's server: a process with the trainee's rights and limits."""

    def user_env(self, env):
        """Sockets of kernels are files in the home, by a short path: Linux
        takes 107 characters."""
        env = super().user_env(env)
        return env | {"JUPYTER_RUNTIME_DIR": f"{env['HOME']}/.run"}

    def make_preexec_fn(self, name):
        become_trainee = super().make_preexec_fn(name)
        processes = memory.prepare(memory.home(), name)

        def preexec():
            memory.enter(processes)
            become_trainee()
        return preexec
