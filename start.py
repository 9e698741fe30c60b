"""Start the course:  python start.py [COMMAND] [ARGUMENTS]     (no command: open JupyterLab)

The first start makes a private environment, .venv, beside this file; later starts go straight
to the command. Standard library only, and only syntax that Python 2.7 and 3.6 can read: they
too must get as far as the sentence that says which Python is needed.
"""
import errno, hashlib, os, re, shutil, signal, subprocess, sys, tempfile, threading, time

HERE = os.path.dirname(os.path.realpath(__file__))
LISTS = os.path.join(HERE, "requirements.txt"), os.path.join(HERE, "pyproject.toml")
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
STAMP, LOG = os.path.join(VENV, "installed.txt"), os.path.join(VENV, "install.log")
PLACE = hashlib.sha256(repr(os.path.normcase(HERE)).encode("utf-8")).hexdigest()
FITS = "(3, 11) <= sys.version_info[:2] <= (3, 13) and sys.maxsize > 2**32"  # asked of every Python
OTHERS = "python3.13,python3.12,python3.11,python3,py -3.13,py -3.12,py -3.11"  # py: on Windows
# Other GIS programs set these for the whole PC; our packages bring their own PROJ and GDAL.
FOREIGN = "PYTHONHOME PYTHONPATH PROJ_LIB PROJ_DATA GDAL_DATA GDAL_DRIVER_PATH".split()
ENV = {name: value for name, value in os.environ.items() if name not in FOREIGN}
ENV.update(PYTHONUTF8="1", PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1",
           VIRTUAL_ENV=VENV, PATH=os.path.dirname(PYTHON) + os.pathsep + ENV.get("PATH", ""))
SPACE = 3  # GB: 1.7 installed, up to 0.9 of downloads on their way, and room to breathe
FULL = "The disk is full: free %d GB in %s and in %s, then start again." % (SPACE, HERE, tempfile.gettempdir())
REMEDIES = [  # for what a failed install says at its end
    ("Errno 28|Errno 122|WinError 112|No space left", FULL),
    ("onnection|imeout|timed out|[Pp]roxy|SSL|HTTP error|versions: none", "The packages could not be "
     "fetched: connect to the internet (behind a proxy, set HTTPS_PROXY), then start again."),
    ("", "The packages could not be installed: remedy what is said above, then start again.")]

def works(*command):  # an empty shim, or a link to a shop, exists but does not work
    try:
        subprocess.check_output(command, env=ENV, stderr=subprocess.STDOUT)
        return True
    except (OSError, subprocess.CalledProcessError):
        return False

def stamp():  # what was installed and where; empty while unfinished; None without a working .venv
    if works(PYTHON, "-P", "-c", "import pip"):
        return open(STAMP).read() if os.path.exists(STAMP) else PLACE  # made by hand: kept, added to

def run(*command):  # one step of the install: tells how far it is and, if it fails, the remedy
    step = subprocess.Popen(command, cwd=HERE, env=ENV, stdin=subprocess.DEVNULL, encoding="utf-8",
                            errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines, began, terminal = [], time.time(), sys.stderr.isatty()
    total = sum(line[0].isalnum() for line in open(LISTS[0]))
    reader = threading.Thread(target=lambda: [lines.append(line) for line in step.stdout])
    reader.start()
    while reader.is_alive():
        reader.join(0.5 if terminal else 15)
        said = "".join(lines)
        seen = len(re.findall("(?m)^(?:Collecting|Processing|Ignoring|Requirement already)", said))
        doing = "unpacking" if "\nInstalling" in said else "fetched %d of %d packages" % (seen, total)
        sys.stderr.write(("\r  %s, %d s   " if terminal else "  %s, %d s\n") % (doing, time.time() - began))
    with open(LOG, "w", encoding="utf-8") as log:
        log.writelines(lines)
    if step.wait():
        end = "".join(lines[-20:]) + "No space left" * (shutil.disk_usage(HERE).free < 5e7)
        sys.exit("\n%s%s Details: %s" % (end, next(text for sign, text in REMEDIES if re.search(sign, end)), LOG))

def install(wanted):  # the stamp comes last, so that nothing half done counts as done
    import ensurepip, sqlite3, venv  # some Pythons lack one: see below
    open(VENV + ".lock", "a").close()  # a folder that one may not write to shows here
    lock = sqlite3.connect(VENV + ".lock", timeout=3600)  # one start at a time; a killed one lets go
    lock.execute("BEGIN EXCLUSIVE")
    found = stamp()
    if found is None or PLACE not in found:  # missing, broken, unfinished or moved
        shutil.rmtree(VENV, ignore_errors=not os.path.exists(VENV))
        if shutil.disk_usage(HERE).free < SPACE * 1e9:
            sys.exit(FULL)
        sys.stderr.write("Setting up the course, once: 0.5 GB to fetch, 1.7 GB on disk, 1 to 3 minutes.\n")
        os.mkdir(VENV)
        open(STAMP, "w").close()
        run(sys.executable, "-P", "-m", "venv", VENV)
    if found != wanted:  # else another start has been at it
        open(STAMP, "w").close()
        run(PYTHON, "-P", "-m", "pip", "install", "--no-deps", "-r", LISTS[0], "-e", ".")
        with open(STAMP, "w") as file:
            file.write(wanted)

if eval(FITS):
    try:
        wanted = PLACE + hashlib.sha256(b"".join(open(path, "rb").read() for path in LISTS)).hexdigest()
        if stamp() != wanted:
            install(wanted)
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start begins the setup afresh.")
    except ImportError as error:
        sys.exit("This Python lacks %s: `sudo apt install python3-venv` brings it on Debian and Ubuntu; "
                 "elsewhere install Python from www.python.org, then start again." % error.name)
    except OSError as error:
        sys.exit(FULL if error.errno == errno.ENOSPC else "No access (%s): put the folder where you may "
                 "write, close what uses its .venv, then start again." % error)
    command = [PYTHON, "-P", "-m", "helpers"] + (sys.argv[1:] or ["lab"])
else:
    ask = ["-c", "import sys; sys.exit(not (%s))" % FITS]
    other = next((name.split() for name in OTHERS.split(",") if works(*name.split() + ask)), None) or sys.exit(
        "The course needs Python 3.11, 3.12 or 3.13 (64 bit), this is %d.%d: install one from "
        "www.python.org/downloads, then start again." % sys.version_info[:2])
    command = other + [os.path.abspath(__file__)] + sys.argv[1:]
if os.name == "posix":
    os.execvpe(command[0], command, ENV)
child = subprocess.Popen(command, env=ENV)  # Windows has no true exec
signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command to answer
sys.exit(child.wait())
