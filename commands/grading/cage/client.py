"""jupyter_client's side of a conversation with a kernel."""

import contextlib
from queue import Empty

import zmq
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type

LARGEST_MESSAGE = 64 << 20  # of a kernel: a larger one ends its connection


class AwakeChannel(AsyncZMQSocketChannel):
    """A channel that sends and still sees what comes meanwhile.

    ZeroMQ tells only once that there is something to read, and sending uses
    that up. jupyter_client sends behind the back of the asynchronous socket:
    when the outputs of a widget were sent just as a cell's reply came, the
    reply was seen only at the end of the cell's time limit, 2 minutes later.
    Asking the socket for its events makes it look again. Needless as soon as
    the library's own `send` does so; test_kernels, "a_reply_that_comes".
    """

    def send(self, msg):
        super().send(msg)
        self.socket.get(zmq.EVENTS)


class AwakeClient(AsyncKernelClient):
    """jupyter_client's own client, but awake."""

    shell_channel_class = Type(AwakeChannel)


class AwakeManager(AsyncKernelManager):
    """jupyter_client's manager of an ordinary kernel, for systems that cannot
    fork: only its client is another one."""

    client_class = f"{__name__}.AwakeClient"
    client_factory = Type(klass=AwakeClient, default_value=AwakeClient)


class PromptClient(AwakeClient):
    """A client of a warm kernel that begins as soon as the kernel answers:
    jupyter_client's own waits 0.2 seconds for silence. ZeroMQ cuts off a
    kernel that sends too large a message, before the message is read: see
    `is_cut_off`.

    Upgrade note (jupyter-client >=8.10,<8.11): this overrides the private
    `_async_wait_for_ready` and asks `_async_is_alive`; `kernels.WarmManager`
    overrides others. If one of them gets a new name, the library's own runs:
    kernels start, but slowly. Test: test_kernels, "jupyter_client".
    """

    _ends = ()  # sockets on which ZeroMQ reports that a connection ended

    async def _async_wait_for_ready(self, timeout=None):
        for _ in range(100):
            asked = self.kernel_info()
            with contextlib.suppress(Empty):
                await self._answer_to(asked, self.shell_channel, 5)
                await self._answer_to(asked, self.iopub_channel, 0.05,
                                      "idle")
                self._watch_connections()
                return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before it was ready")
        raise RuntimeError("Kernel is not ready")

    wait_for_ready = _async_wait_for_ready

    def _watch_connections(self):
        self._ends = [channel.socket.get_monitor_socket(
            zmq.EVENT_DISCONNECTED) for channel in (
            self.shell_channel, self.iopub_channel)]

    def is_cut_off(self) -> bool:
        """Has a connection ended: for a large message, or by the kernel?"""
        return any(end.get(zmq.EVENTS) & zmq.POLLIN for end in self._ends)

    async def _answer_to(self, asked, channel, seconds, state=None):
        """The channel's message of this request, with this state; raises
        Empty."""
        while True:
            message = await channel.get_msg(timeout=seconds)
            if message["parent_header"].get("msg_id") == asked and (
                    state in (None, message["content"].get(
                        "execution_state"))):
                return message

    def start_channels(self, *_, **__):
        self.context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        super().start_channels(hb=False)  # saves a thread
