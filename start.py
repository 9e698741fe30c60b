"""Start the course:  python start.py [COMMAND] [ARGUMENTS]     (no command: open JupyterLab)

The first start makes a private environment, .venv, beside this file; later ones go straight on.
Standard library only, in syntax that Python 2.7 reads: it too must come to say what it lacks."""
import errno, hashlib, os, re, shutil, signal, subprocess, sys, threading, time

HERE = os.path.dirname(os.path.realpath(__file__))
LISTS = [os.path.join(HERE, name) for name in ("requirements.txt", "pyproject.toml")]
VENV = os.path.join(HERE, ".venv")
PYTHON = os.path.join(VENV, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
STAMP, LOG = os.path.join(VENV, "installed.txt"), os.path.join(VENV, "install.log")
PLACE = hashlib.sha256(repr(os.path.normcase(HERE)).encode("utf-8")).hexdigest()
FITS = "(3, 11) <= sys.version_info[:2] <= (3, 13) and sys.maxsize > 2**32"  # asked of every Python
OTHERS = "python3.13,python3.12,python3.11,python3,py -3.13,py -3.12,py -3.11"  # py: on Windows
FULL = "The disk is full: free 3 GB for %s and for temporary files, then start again." % HERE
REMEDIES = [  # for what a failed setup says at its end
    ("Errno 28|Errno 122|WinError 112|No space left", FULL),
    ("onnection|imeout|timed out|[Pp]roxy|SSL|HTTP error|versions: none", "The packages could not be "
     "fetched: connect to the internet (behind a proxy, set HTTPS_PROXY), then start again."),
    ("", "[said]\nThe packages could not be installed: remedy what is said above, then start again.")]

def works(*command):  # an empty shim, or a link to a shop, exists but does not work
    try:
        return subprocess.check_output(command, stderr=subprocess.STDOUT) is not None
    except (OSError, subprocess.CalledProcessError):
        return False

def stamp():  # what was installed and where: "" while unfinished or without a working .venv
    recorded = open(STAMP).read() if os.path.exists(STAMP) else PLACE  # made by hand: to be added to
    return recorded if works(PYTHON, "-I", "-c", "import pip") else ""

def run(*command):  # one step of the setup: tells how far it is and, if it fails, the remedy
    step = subprocess.Popen(command, cwd=HERE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    lines, began, terminal = [], time.time(), sys.stderr.isatty()
    reader = threading.Thread(target=lambda: [lines.append(line) for line in step.stdout])
    reader.start()
    while reader.is_alive():
        reader.join(0.5 if terminal else 15)
        words = [line.split(" ")[0] for line in lines]  # pip's: Collecting this, Installing all
        seen = sum(word in ("Collecting", "Processing", "Ignoring", "Requirement") for word in words)
        fetched = "fetched %d of %d packages" % (seen, len(open(LISTS[0]).readlines()))
        doing = "  %s, %d s" % ("unpacking" if "Installing" in words else fetched, time.time() - began)
        sys.stderr.write("\r%-45s" % doing if terminal and reader.is_alive() else doing + "\n")
    with open(LOG, "w", encoding="utf-8") as log:
        log.writelines(lines)
    if step.wait():
        end = "".join(lines[-20:])
        remedy = next(remedy for sign, remedy in REMEDIES if re.search(sign, end))
        sys.exit("%s Details: %s" % (remedy.replace("[said]", end), LOG))

def install(wanted):  # the stamp comes last, so that nothing half done counts as done
    import ensurepip, sqlite3, venv  # which some Pythons lack: see below
    open(VENV + ".lock", "a").close()  # a folder that one may not write to shows here
    lock = sqlite3.connect(VENV + ".lock", timeout=3600)  # one start at a time; a killed one lets go
    lock.executescript("PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE")
    if PLACE not in stamp():  # missing, broken, unfinished or moved
        shutil.rmtree(VENV, ignore_errors=not os.path.exists(VENV))
        if shutil.disk_usage(HERE).free < 3e9:  # 1.7 installed, up to 0.9 of downloads, and a margin
            sys.exit(FULL)
        sys.stderr.write("Setting up, once: 0.5 GB to fetch, 1 to 3 minutes on a fast line.\n")
        os.mkdir(VENV)
    if stamp() != wanted:  # else another start has just done it
        open(STAMP, "w").close()
        if not os.path.exists(PYTHON):
            run(sys._base_executable, "-P", "-m", "venv", VENV)  # base: .venv's own may be gone
        run(PYTHON, "-P", "-m", "pip", "install", "--no-deps", "-r", LISTS[0], "-e", ".")
        with open(STAMP, "w") as file:
            file.write(wanted)

if eval(FITS):
    # Other GIS programs set these for the whole PC; our packages bring their own PROJ and GDAL.
    for name in "PYTHONHOME PYTHONPATH PROJ_LIB PROJ_DATA GDAL_DATA GDAL_DRIVER_PATH".split():
        os.environ.pop(name, None)
    os.environ.update(PYTHONUTF8="1", PIP_USER="0", PIP_NO_INPUT="1", VIRTUAL_ENV=VENV)
    os.environ["PATH"] = os.path.dirname(PYTHON) + os.pathsep + (os.environ.get("PATH") or os.defpath)
    try:
        wanted = PLACE + hashlib.sha256(b"".join(open(name, "rb").read() for name in LISTS)).hexdigest()
        if stamp() != wanted:
            install(wanted)
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start begins the setup anew.")
    except ImportError as error:
        sys.exit("This Python lacks %s: `sudo apt install python3-venv`, then start again." % error.name)
    except OSError as error:
        sys.exit(FULL if error.errno == errno.ENOSPC else "%s. Put the folder where you may "
                 "write, close the programs that use its .venv, then start again." % error)
    command = [PYTHON, "-P", "-m", "commands"] + (sys.argv[1:] or ["lab"])
else:
    ask = ["-c", "import sys; sys.exit(not (%s))" % FITS]
    found = [name.split() for name in OTHERS.split(",") if works(*name.split() + ask)]
    if not found:
        sys.exit("The course needs Python 3.11, 3.12 or 3.13 (64 bit) and this is %d.%d: install one "
                 "from www.python.org/downloads, then start again." % sys.version_info[:2])
    command = found[0] + [os.path.abspath(__file__)] + sys.argv[1:]
if os.name == "posix":
    os.execvp(command[0], command)
signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command to answer
sys.exit(subprocess.call(command))  # since exec on Windows does not wait
