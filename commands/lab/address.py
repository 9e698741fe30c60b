"""An extension of JupyterLab's server: its last line is the address to open.

config/jupyter_server_config.d/address.json switches it on.
"""

from commands.terminal import out


def _jupyter_server_extension_points():
    return [{"module": __name__}]


def _load_jupyter_server_extension(server):
    # The loop begins when JupyterLab has printed all its messages.
    server.io_loop.add_callback(say_address, server)


def say_address(server) -> None:
    """Print where the server answers. The user's own token is not printed:
    JupyterLab asks for it."""
    address = server.local_url.removesuffix("?token=...")
    out.print(f"\nJupyterLab is ready. Open this address in a browser:\n\n"
              f"  {address}\n", soft_wrap=True)
