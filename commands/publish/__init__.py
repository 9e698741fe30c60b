"""`start.py publish FILE`: a layer of one's own as a release package.

A release is a folder OUT/NAME/VERSION: the layer in four formats, its
metadata in three, a page, sums, and what the validators said. It is written
in a hidden folder beside, and gets its name at the end.
"""
