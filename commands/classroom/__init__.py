"""A training room on one Linux server: JupyterHub, one account per trainee.

`command` does the steps in order. `plan` says them first. `people` reads the
roster, `accounts` makes the Linux accounts, `layout` writes what trainees may
read, `exchange` hands exercises out and takes work in, `sheet` prints the
access codes. JupyterHub itself reads `jupyterhub_config.py`, which uses `hub`
and `memory`. Everything is in one folder (`room`):

    env/        Python and the packages, for all to read
    course/     lessons, data, helpers: no solutions, no grading
    homes/      one folder per trainee, closed to the others
    exchange/   one box per trainee, for exercises, submissions, feedback
    hub/        root only: the hub's database, secrets, the access codes
"""
