"""The small package that the notebooks import.

Nothing is imported here: `import helpers` costs next to nothing, and
each module (`from helpers import check, data, maps, explore`) loads
what it needs when it is asked for.
"""
