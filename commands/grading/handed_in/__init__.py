"""What trainees hand in, and what their programs did to it.

`layout` and `collect` look at folders, before a job; `files` finds the file
of each exercise, `recognise` its cells, and `repair` makes of them a
notebook that nbgrader can grade. `submissions.prepare` calls the latter.
"""
