"""Start the course:  python3 start.py [COMMAND] [ARGUMENTS]     (no command: open JupyterLab)
The first start makes a private environment, .venv, beside this file; later ones go straight on.
Standard library only, in syntax that Python 2.7 reads: it too must be able to say what it lacks."""
import ast, errno, glob, hashlib, os, re, shutil, signal, subprocess, sys, threading, time

HERE = os.path.dirname(os.path.realpath(__file__))
PLACE = hashlib.sha256(repr(os.path.normcase(HERE)).encode("utf-8")).hexdigest()
LOCK, LIST, VENV = [os.path.join(HERE, n) for n in ("requirements.txt", "pyproject.toml", ".venv")]
PYTHON = os.path.join(VENV, *(["Scripts", "python.exe"] if os.name == "nt" else ["bin", "python"]))
STAMP, PIP_LOG, UV_LOG = [os.path.join(VENV, n) for n in ("installed.txt", "pip.log", "uv.log")]
UV = "uv==0.13.9"  # not in the lock: pip must do without it where it has no wheel
CACHE, KEPT = os.path.join(VENV, "cache-%d" % time.time()), VENV + ".cache"  # uv's: in use, at rest
UV_SETTINGS = {  # pip's settings for where packages come from, and uv's variables for the same
    "index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS",
    "no-index": "UV_OFFLINE", "proxy": "ALL_PROXY", "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE", "retries": "UV_HTTP_RETRIES", "timeout": "UV_HTTP_TIMEOUT"}
AFTERWARDS = ("import compileall, os, shutil, sys; hasattr(os, 'nice') and os.nice(19); "
              "shutil.rmtree(sys.argv[1], True); compileall.compile_dir(sys.argv[2], quiet=2)")
FULL = "The disk is full: free 3 GB for %s and for temporary files, then start again." % HERE
REMEDIES = [  # a sign in the last words of a failed step, and what to do
    (r"Errno 28|Errno 122|WinError 112|os error (28|112|122)\)|No space left", FULL),
    ("onnection|imeout|timed out|[Pp]roxy|SSL|HTTP error|versions: none", "The packages could not "
     "be fetched: connect to the internet (behind a proxy, set HTTPS_PROXY), then start again."),
    ("", "[said]\nThe packages could not be installed: remedy what is said above, start again.")]

def main():
    if not fits(sys.version_info, sys.maxsize):
        hand_over(other_python() + [os.path.abspath(__file__)] + sys.argv[1:])
    clean_environment()
    set_up()
    hand_over([PYTHON, "-P", "-m", "commands"] + (sys.argv[1:] or ["lab"]))

def fits(version, largest_number):  # as pyproject.toml says; the packages have wheels for these
    return (3, 11) <= tuple(version[:2]) <= (3, 13) and largest_number > 2 ** 32  # 64 bit

def other_python():  # py is Windows' launcher of Pythons
    for name in "python3.13,python3.12,python3.11,python3,py -3.13,py -3.12,py -3.11".split(","):
        answer = said(name.split() + ["-c", "import sys; print(sys.version_info[:2], sys.maxsize)"])
        numbers = [int(digits) for digits in re.findall("[0-9]+", answer)]
        if numbers and fits(numbers[:2], numbers[-1]):
            return name.split()
    sys.exit("The course needs Python 3.11, 3.12 or 3.13 (64 bit) and this is %d.%d: install one "
             "from www.python.org/downloads, then start again." % tuple(sys.version_info[:2]))

def said(command):  # "" if it does not work: an empty shim, a link to a shop
    try:
        return subprocess.check_output(command, stderr=subprocess.STDOUT).decode("utf-8", "replace")
    except (OSError, subprocess.CalledProcessError):
        return ""

def clean_environment():  # other GIS programs set these for the whole PC; ours bring their own
    for name in "PYTHONHOME PYTHONPATH PROJ_LIB PROJ_DATA GDAL_DATA GDAL_DRIVER_PATH".split():
        os.environ.pop(name, None)
    os.environ.update(PYTHONUTF8="1", PIP_USER="0", PIP_NO_INPUT="1", VIRTUAL_ENV=VENV)
    os.environ["PATH"] = os.path.dirname(PYTHON) + os.pathsep + os.environ.get("PATH", os.defpath)

def set_up():  # what the lists say, unless it is there; a failure ends with a sentence
    try:
        lists = b"".join(open(name, "rb").read() for name in (LOCK, LIST))
        wanted = PLACE + hashlib.sha256(lists).hexdigest()
        if stamp() != wanted:
            install(wanted)
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start begins the setup anew.")
    except ImportError as error:
        sys.exit("This Python lacks %s: `sudo apt install python3-venv`, start again." % error.name)
    except OSError as error:
        sys.exit(FULL if error.errno == errno.ENOSPC else "%s. Put the folder where you may "
                 "write, close the programs that use its .venv, then start again." % error)

def stamp():  # what was installed and where: "" while unfinished or without a working .venv
    recorded = open(STAMP).read() if os.path.exists(STAMP) else PLACE  # made by hand: is added to
    return recorded if said([PYTHON, "-I", "-c", "import pip; print(pip)"]) else ""

def install(wanted):  # the stamp comes last, so that nothing half done counts as done
    import ensurepip, sqlite3, venv  # which some Pythons lack: see set_up
    open(VENV + ".lock", "a").close()  # a folder that one may not write to shows here
    lock = sqlite3.connect(VENV + ".lock", timeout=3600)  # a killed start lets go of it
    waiting = threading.Timer(1, sys.stderr.write, ["Another start sets up the course: waiting.\n"])
    waiting.start()
    lock.executescript("PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE")
    waiting.cancel()
    if PLACE not in stamp():  # missing, broken, unfinished or moved
        began = time.time()
        while os.path.exists(VENV):  # the uv of a start that was killed may still write there
            sys.stderr.write("Removing what an earlier start has left in .venv.\n")
            shutil.rmtree(VENV, ignore_errors=time.time() < began + 30)
            time.sleep(1)
        if shutil.disk_usage(HERE).free < 3e9:  # 2.0 installed, 0.9 of downloads, a margin
            sys.exit(FULL)
        sys.stderr.write("Setting up, once: 0.5 GB to fetch, about a minute on a fast line.\n")
        os.mkdir(VENV)
    if stamp() != wanted:  # else another start has just done it
        open(STAMP, "w").close()
        if not os.path.exists(PYTHON):  # base: .venv's own Python may be gone
            run([sys._base_executable, "-P", "-m", "venv", VENV], PIP_LOG, "making .venv")
        install_packages()
        open(STAMP, "wb", 0).write(wanted.encode())  # without a buffer: a full disk shows

def install_packages():  # pip brings uv, and uv the rest, faster; where uv fails, pip goes on
    pip, packages = [PYTHON, "-P", "-m", "pip", "install"], ["--no-deps", "-r", LOCK, "-e", "."]
    uv = [PYTHON, "-P", "-m", "uv", "pip", "install", "--python", PYTHON, "--cache-dir", CACHE]
    os.rename(KEPT, CACHE) if os.path.exists(KEPT) else os.mkdir(CACHE)
    try:
        try:
            run(pip + ["--no-deps", "--retries=1", "--only-binary=uv", UV], UV_LOG, "fetching uv")
            run(uv + packages, UV_LOG, environment=uv_settings())
        except SystemExit as failure:
            if FULL in str(failure):
                raise
            sys.stderr.write("uv could not install (see %s): pip does, more slowly.\n" % UV_LOG)
            run(pip + packages, PIP_LOG)
    except (SystemExit, KeyboardInterrupt):  # but what a power cut leaves is not to be trusted
        os.rename(CACHE, KEPT)
        raise
    subprocess.Popen([PYTHON, "-P", "-c", AFTERWARDS, CACHE, VENV], start_new_session=True,
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # meanwhile, the command

def uv_settings():  # uv does not read pip's. What is set for uv itself goes first
    listed, pip = said([PYTHON, "-P", "-m", "pip", "config", "list"]), {}
    for section in ("global", "install", ":env:"):  # in pip a later one goes first
        pip.update(re.findall(r"(?m)^%s\.(?:default-)?([a-z-]+)=(.*\S)" % section, listed))
    settings = {"UV_SYSTEM_CERTS": "1", "UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip does
    for name in set(pip) & set(UV_SETTINGS):
        words = ast.literal_eval(pip[name]).split()
        settings[UV_SETTINGS[name]] = (" " if name != "find-links" else ",").join(words)
    return dict(settings, **os.environ)

def run(command, log, doing="", environment=None):  # one step; if it fails, what to do
    step = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=HERE,
        stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", env=environment)
    signal.signal(signal.SIGTERM, lambda *it: [step.kill(), signal.default_int_handler(*it)])
    lines, began, terminal = [], time.time(), sys.stderr.isatty()
    reader = threading.Thread(target=lambda: [lines.append(line) for line in step.stdout])
    reader.start()
    while reader.is_alive():
        reader.join(0.5 if terminal else 15)
        now = "  %s, %d s" % (doing or progress(lines), time.time() - began)
        sys.stderr.write("\r%-45s" % now if terminal and reader.is_alive() else now + "\n")
    open(log, "w", 1, "utf-8").writelines(lines)  # line by line: a full disk shows
    if step.wait():
        end = "".join(lines[-20:])
        remedy = next(remedy for sign, remedy in REMEDIES if re.search(sign, end))
        sys.exit("%s Details: %s" % (remedy.replace("[said]", end), log))

def progress(lines):  # by what pip says for each package, or by the folders in uv's cache
    if any(line.startswith(("Installing", "Prepared")) for line in lines):
        return "unpacking"
    fetched = [line for line in lines if re.match("Collecting|Processing|Ignoring|Require", line)]
    fetched = fetched or glob.glob(os.path.join(glob.escape(CACHE), "archive-*", "*"))
    return "fetched %d of %d packages" % (len(fetched), len(open(LOCK).readlines()))

def hand_over(command):  # become the command: who stops start.py stops it
    if os.name == "posix":
        os.execvp(command[0], command)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command to answer
    sys.exit(subprocess.call(command))  # since exec on Windows does not wait

if __name__ == "__main__":
    main()
