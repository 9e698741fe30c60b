"""A trainee at a browser, without the browser: what JupyterLab sends."""

import json
import time
import uuid

import requests
import websocket

WAIT = 240  # seconds for a server or a cell, on a machine with other work


class Browser:
    """Logged in at a hub as one trainee."""

    def __init__(self, address: str, user: str, code: str):
        self.address, self.user = address, user.lower()
        self.session = requests.Session()
        page = f"{address}/hub/login"
        self.session.get(page, timeout=WAIT)
        answer = self.session.post(page, timeout=WAIT, data={
            "username": user, "password": code,
            "_xsrf": self.session.cookies.get("_xsrf", path="/hub/")})
        self.logged_in = "/hub/login" not in answer.url
        if self.logged_in:
            made = self.session.post(
                f"{address}/hub/api/users/{self.user}/tokens", timeout=WAIT,
                headers={"X-XSRFToken": self.session.cookies.get(
                    "_xsrf", path="/hub/"), "Referer": f"{address}/hub/home"})
            made.raise_for_status()
            self.token = {"Authorization": f"token {made.json()['token']}"}

    def start_server(self) -> float:
        """Open JupyterLab; the seconds until it answered."""
        began = time.monotonic()
        asked = self._hub("POST", f"users/{self.user}/server")
        assert asked.status_code in (201, 202, 400), asked.text  # 400: runs
        end = began + WAIT
        while self._hub("GET", f"users/{self.user}").json()["server"] is None:
            assert time.monotonic() < end, f"{self.user}: no server"
            time.sleep(0.5)
        self.api("GET", "api/status")
        return time.monotonic() - began

    def api(self, method: str, path: str, **arguments) -> requests.Response:
        """Ask the trainee's own server."""
        answer = requests.request(
            method, f"{self.address}/user/{self.user}/{path}",
            headers=self.token, timeout=WAIT, **arguments)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer

    def nbgrader(self, step: str, day: str) -> dict:
        """A button of the Assignment List: fetch, submit, fetch_feedback."""
        answer = self.api("POST", f"assignments/{step}", data={
            "course_id": "open-geodata", "assignment_id": day}).json()
        assert answer["success"], answer
        return answer

    def assignments(self) -> list[dict]:
        """The Assignment List: what is released, and what was submitted."""
        return self.api("GET", "assignments", params={
            "course_id": "open-geodata"}).json()["value"]

    def notebook(self, path: str) -> dict:
        return self.api("GET", f"api/contents/{path}").json()["content"]

    def save(self, path: str, notebook: dict) -> None:
        self.api("PUT", f"api/contents/{path}", json={
            "type": "notebook", "format": "json", "content": notebook})

    def kernel(self, path: str = "") -> "Kernel":
        """A kernel, as for the notebook at this path."""
        made = self.api("POST", "api/sessions", json={
            "path": path or f"{uuid.uuid4()}.ipynb", "type": "notebook",
            "name": "", "kernel": {"name": "python3"}}).json()
        return Kernel(self, made["kernel"]["id"])

    def _hub(self, method, path):
        return requests.request(method, f"{self.address}/hub/api/{path}",
                                headers=self.token, timeout=WAIT)


class Kernel:
    """Runs code in a trainee's kernel through the websocket."""

    def __init__(self, browser: Browser, number: str):
        self.errors: list[str] = []
        address = browser.address.replace("http", "ws", 1)
        self.socket = websocket.create_connection(
            f"{address}/user/{browser.user}/api/kernels/{number}/channels",
            header=browser.token, timeout=WAIT)

    def run(self, code: str) -> str:
        """What the code prints or shows; of an error, its name and text.
        EOFError if the kernel dies."""
        number = uuid.uuid4().hex
        self.socket.send(json.dumps({
            "channel": "shell", "parent_header": {}, "metadata": {},
            "content": {"code": code, "silent": False, "store_history": True,
                        "user_expressions": {}, "allow_stdin": False,
                        "stop_on_error": False},
            "header": {"msg_id": number, "msg_type": "execute_request",
                       "username": "", "session": number, "version": "5.3",
                       "date": ""}}))
        said = []
        while True:
            message = json.loads(self.socket.recv())
            content, kind = message["content"], message["msg_type"]
            if kind == "status" and content["execution_state"] in (
                    "restarting", "dead"):
                raise EOFError("the kernel died")
            if message["parent_header"].get("msg_id") != number:
                continue
            if kind == "stream":
                said.append(content["text"])
            elif kind in ("execute_result", "display_data"):
                said.append(content["data"].get("text/plain", ""))
            elif kind == "error":
                said.append(f"{content['ename']}: {content['evalue']}")
                self.errors.append(said[-1])
            elif kind == "status" and content["execution_state"] == "idle":
                return "".join(said)
