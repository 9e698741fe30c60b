"""A page to describe a dataset with CKAN's field names, for any browser."""

import shutil
from pathlib import Path

PAGE = Path(__file__).with_suffix(".html")


def dataset_page(out: str | Path) -> Path:
    """Write the page. Its Save offers ckan_dataset.json: the parameters of
    CKAN's `package_create` (docs.ckan.org, API guide). Returns out as a Path.
    """
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(PAGE, out))
