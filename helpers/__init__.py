"""The small package that the notebooks import.

Nothing is imported here, so `import helpers` is quick. Each module
(`from helpers import check, data, maps, explore`) loads what it needs
when it is imported.
"""
