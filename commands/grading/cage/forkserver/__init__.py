"""The fork server: a warm Python that becomes a kernel by forking.

It is a program of its own, `python -m forkserver FD`, started in the folder
above this one. It is the parent of each trainee's kernel, and a submission
could read all that it has in memory. So it imports nothing of the grading
engine, and nothing here imports `commands`. The engine itself imports
`rights` and `landlock` for its own use.
"""
