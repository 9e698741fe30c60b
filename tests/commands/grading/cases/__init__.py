"""What strangers may hand in: a throw-away course, and an arena for it.

`course` makes the course, `hostile` and `broken` list the submissions,
`arena` grades them and looks at what happened outside.
"""
