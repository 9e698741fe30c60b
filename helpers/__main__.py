"""`python -m helpers COMMAND`: the same as `python start.py COMMAND`."""

from helpers.cli import main

main()
