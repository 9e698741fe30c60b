"""`python -m commands COMMAND`: the same as `python start.py COMMAND`."""

from commands.cli import main

main()
