"""Build the page to fill in forms:  python -m helpers.forms"""

import sys

from helpers.data import ROOT
from helpers.forms import FormError, build

try:
    print(f"The form page is built: {build().relative_to(ROOT)}")
except FormError as problem:
    sys.exit(str(problem))
