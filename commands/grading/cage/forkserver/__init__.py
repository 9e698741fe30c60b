"""The fork server: a warm Python that becomes a kernel by forking.

It is a program of its own, `python -m forkserver FD`, started in the folder
above this one. So it is the parent of each trainee's kernel without having
imported anything of the grading engine: what it knows, a submission could
read. For the same reason nothing here imports `commands`; the engine itself
imports `rights` and `landlock` for its own use.
"""
