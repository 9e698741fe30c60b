"""`python -m commands COMMAND`: the same as `python3 start.py COMMAND`."""

import os

# Other GIS programs set these for the whole PC; our packages bring their own
# PROJ and GDAL. start.py runs before this can be imported. It has the same
# list and PYTHONPATH, which Python has used already when this runs.
SET_BY_OTHER_PROGRAMS = ("PYTHONHOME", "PROJ_LIB", "PROJ_DATA", "GDAL_DATA",
                         "GDAL_DRIVER_PATH")

if __name__ == "__main__":
    for name in SET_BY_OTHER_PROGRAMS:  # before anything imports PROJ
        os.environ.pop(name, None)
    from commands.cli import main
    main()
