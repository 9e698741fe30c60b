"""Start the course:  python start.py [COMMAND] [ARGUMENTS]     (no command: open JupyterLab)

The first start makes a private environment, .venv, beside this file; later starts go straight
to the command. Standard library only, and only syntax that Python 2.7 and 3.6 can read:
they too must get as far as the sentence that says which Python is needed.
"""
import errno, glob, hashlib, os, re, shutil, subprocess, sys, tempfile, threading, time

HERE = os.path.normcase(os.path.dirname(os.path.realpath(__file__)))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
STAMP, LOG = os.path.join(VENV, "installed.txt"), os.path.join(VENV, "install.log")
LISTS = [os.path.join(HERE, name) for name in ("requirements.txt", "pyproject.toml")]
GIGABYTES = 3  # 1.7 installed, up to 0.9 of downloads on their way, and room to breathe
FITS = "(3, 11) <= sys.version_info[:2] <= (3, 13) and sys.maxsize > 2**32"  # asked of each Python
PYTHONS = [["python3.13"], ["python3.12"], ["python3.11"], ["python3"], ["python"],
           ["py", "-3.13"], ["py", "-3.12"], ["py", "-3.11"]]  # py: the launcher on Windows
# Other GIS programs set these for the whole PC; what .venv contains brings its own PROJ and GDAL.
FOREIGN = "PYTHONHOME PYTHONPATH PROJ_LIB PROJ_DATA GDAL_DATA GDAL_DRIVER_PATH".split()
ENV = {name: value for name, value in os.environ.items() if name not in FOREIGN}
ENV.update(PYTHONUTF8="1", PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1",
           PATH=os.path.dirname(PYTHON) + os.pathsep + ENV.get("PATH", os.defpath))
FULL = "The disk is full: free %d GB for %s and for %s (another TMPDIR moves that one), then start again."
FAILURES = [  # what pip says when it fails, and what to tell the reader
    ("Errno 28|Errno 122|WinError 112|No space left", FULL % (GIGABYTES, HERE, tempfile.gettempdir())),
    ("onnection|timed out|Timeout|[Pp]roxy|CERTIFICATE|SSLError|HTTP error|versions: none",
     "The packages could not be fetched: connect to the internet (behind a proxy, set HTTPS_PROXY"
     " to its address), then start again. Details: " + LOG),
    ("", "pip could not install the packages: remedy what it says above (all of it is in %s), then"
     " start again." % LOG)]

def say(text, end="\n"):
    sys.stderr.write(text + end)  # not stdout: that belongs to the command
    sys.stderr.flush()

def works(command):  # does this command exist and end with exit code 0?
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=ENV)
        return process.communicate() and process.returncode == 0
    except OSError:
        return False

def has(module):  # does .venv have a Python that runs and finds this module?
    return works([PYTHON, "-I", "-c", "import sys, importlib.util as i; sys.exit(not i.find_spec('%s'))" % module])

def read(path):
    with open(path, "rb") as file:
        return file.read()

def stamp():  # what the last install left: [hash of the lists, hash of the place]
    return read(STAMP).decode().split() if os.path.exists(STAMP) else []
