"""What strangers may hand in: a throw-away course, and an arena for it.

`course` makes the course, `hostile` and `broken` list the submissions (`e03`:
those of a real exercise), `arena` grades them and looks at what happened
outside, `watch` has its processes.
"""
