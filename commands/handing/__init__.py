"""Without a server: exercises go out as zips, and work comes back.

`giving` writes one zip per trainee. `sources` opens what comes back, whatever
it is packed in. `people` says whose a file is, and `collecting` puts it into
submitted/CODE/DAY/, where `grade` finds it.
"""
