"""`python -m tests.commands.grading.cases.hostile [NAME …]`"""

import contextlib
import shutil
import sys

from . import CASES, end, engine, harm, plain


def main(names) -> None:
    """Print the table."""
    names = names or list(CASES)
    outcome = engine(names)
    shutil.rmtree(outcome.root.parent, ignore_errors=True)
    print("case | plain nbgrader | the engine")
    for name in names:
        told = plain(name)[name]
        through = end(outcome.results[name], CASES[name].honest)
        bad = [word for word in harm(outcome, name)
               if not word.startswith(("left", "changed"))]
        print(f"{name} | {'; '.join(told) or 'nothing'} | {through}"
              + f" {'; '.join(bad)}".rstrip(), flush=True)
    print(f"engine: {len(names)} hostile submissions and two honest ones in "
          f"{outcome.seconds:.0f} s; changed {outcome.changed}, left "
          f"{outcome.left}")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(sys.argv[1:])
