"""What trainees hand in, and what their programs changed in it.

`layout` and `collect` look at folders, before a job. `files` finds the file
of each exercise, `recognise` finds its cells, and `repair` makes a notebook
that nbgrader can grade. `submissions.prepare` calls `files` and `repair`.
"""
