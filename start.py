"""Start the course:  python start.py [COMMAND] [ARGUMENTS]     (no command: open JupyterLab)

The first start makes a private environment, .venv, beside this file; later starts go straight
to the command. Standard library only, and only syntax that Python 2.7 and 3.6 can read: they
too must get as far as the sentence that says which Python is needed.
"""
import errno, hashlib, os, re, shutil, signal, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.realpath(__file__))
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
STAMP, LOG = os.path.join(VENV, "installed.txt"), os.path.join(VENV, "install.log")
LISTS = os.path.join(HERE, "requirements.txt"), os.path.join(HERE, "pyproject.toml")
FITS = "(3, 11) <= sys.version_info[:2] <= (3, 13) and sys.maxsize > 2**32"  # asked of every Python
OTHERS = "python3.13,python3.12,python3.11,python3,py -3.13,py -3.12,py -3.11"  # py: on Windows
# Other GIS programs set these for the whole PC; our packages bring their own PROJ and GDAL.
FOREIGN = "PYTHONHOME PYTHONPATH PROJ_LIB PROJ_DATA GDAL_DATA GDAL_DRIVER_PATH".split()
ENV = {name: value for name, value in os.environ.items() if name not in FOREIGN}
ENV.update(PYTHONUTF8="1", PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1",
           VIRTUAL_ENV=VENV, PATH=os.path.dirname(PYTHON) + os.pathsep + ENV.get("PATH", ""))
SPACE = 3  # GB: 1.7 installed, up to 0.9 of downloads on their way, and room to breathe
FULL = "The disk is full: free %d GB here and in %s, then start again." % (SPACE, tempfile.gettempdir())
REMEDIES = [  # for what a failed install says at its end
    ("Errno 28|Errno 122|WinError 112|No space left", FULL),
    ("onnection|imeout|timed out|[Pp]roxy|SSL|HTTP error|versions: none", "The packages could not be "
     "fetched: connect to the internet (behind a proxy, set HTTPS_PROXY), then start again."),
    ("", "The packages could not be installed: remedy what is said above, then start again.")]

def works(*command):  # an empty shim, or a link to a shop, exists but does not work
    try:
        process = subprocess.Popen(command, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return bool(process.communicate()) and process.returncode == 0
    except OSError:
        return False

def has(module):  # does .venv have it, and a Python that runs?
    return works(PYTHON, "-P", "-c", "import importlib.util as u; exit(not u.find_spec('%s'))" % module)

def stamp():  # what the last install left: "unfinished", or a hash of the lists and one of the place
    return open(STAMP).read().split() if os.path.exists(STAMP) else []

def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)

def run(*command):  # one step of the install: tells how far it is and, if it fails, the remedy
    step = subprocess.Popen(command, cwd=HERE, env=ENV, stdin=subprocess.DEVNULL, encoding="utf-8",
                            errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines, began, told, terminal = [], time.time(), time.time(), sys.stderr.isatty()
    reader = threading.Thread(target=lambda: [lines.append(line) for line in step.stdout])
    reader.start()
    while reader.is_alive():
        reader.join(0.5)
        if terminal or time.time() - told > 15:
            told, text = time.time(), "".join(lines)
            seen = len(re.findall("(?m)^(?:Collecting|Processing|Ignoring|Requirement already)", text))
            doing = "unpacking" if "\nInstalling" in text else "fetched %d of %d packages" % (seen, total)
            sys.stderr.write(("\r  %s, %d s   " if terminal else "  %s, %d s\n") % (doing, told - began))
    write(LOG, "".join(lines))
    if step.wait():
        end = "".join(lines[-20:]) + "No space left" * (shutil.disk_usage(HERE).free < 5e7)
        remedy = next(remedy for sign, remedy in REMEDIES if re.search(sign, end))
        sys.exit("\n%s\n%s Details: %s" % (end, remedy, LOG))

def install(wanted):  # the stamp is written last, so that nothing half done counts as done
    import ensurepip, sqlite3, venv  # some Pythons lack one: see below
    open(VENV + ".lock", "a").close()  # a folder that one may not write to shows here
    lock = sqlite3.connect(VENV + ".lock", timeout=3600)  # a lock that a killed start cannot leave behind
    lock.execute("BEGIN EXCLUSIVE")
    if stamp() == wanted and has("helpers"):
        return  # another start has been at it
    if not has("pip") or stamp()[1:] not in ([], wanted[1:]):
