"""What an audit says: the sources it read, its findings, their codes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from helpers.errors import CourseError

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

MOST_ROWS = 1000  # row numbers that a finding keeps


class UnreadableFile(CourseError):
    """No layer can be read. Names the file, the place and the remedy."""
    exit_code = 2


@dataclass
class Finding:
    """One defect. Rows are counted as readers count records: 1 = first."""
    code: str      # one of CODES
    group: str     # one of GROUPS
    says: str      # what was found, in words, with counts
    why: str       # why it matters
    repair: str    # at most two lines of geopandas or pandas
    rows: list[int] = field(default_factory=list)  # at most MOST_ROWS
    count: int = 1
    example: str = ""
    severity: str = "warning"  # "error", "warning", "note"


@dataclass
class Source:
    """One layer of a file, as read: nothing is converted silently.

    Columns of CSV and spreadsheets are text. A row of titles, of HXL tags,
    or of a second head is not in the table; `findings` names it. `evidence`:
    what was detected, and why. Its keys: encoding, delimiter, decimal,
    header, x, y, crs.
    """
    path: Path
    layer: str | None
    format: str    # "CSV", "GeoJSON", "GPKG", …
    table: pd.DataFrame | gpd.GeoDataFrame
    evidence: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    x: str | None = None  # names of the columns that the points come from
    y: str | None = None


class Code(NamedTuple):
    """A kind of finding. by: "reading" (the file as a file) or "content"."""
    code: str
    group: str
    by: str
    means: str


GROUPS = ("structure", "text", "coordinates", "geometry", "codes",
          "personal", "openness")


def _codes(group: str, by: str, **means: str) -> tuple[Code, ...]:
    return tuple(Code(name.replace("_", "-"), group, by, text)
                 for name, text in means.items())


CODES = (
    # --- the file as a file: commands/audit/reading ------------------------
    *_codes(
        "structure", "reading",
        file_truncated="the file ends in the middle of a record",
        file_damaged="a part could not be read; the rest was",
        rows_malformed="rows have more or fewer cells than the head",
        quote_open="a quotation mark is opened and never closed",
        head_missing="the first row is a record, not a head",
        head_titles="rows of title stand above the head",
        head_second="a second head, such as HXL tags, stands below the first",
        head_merged="the head spans several rows or merged cells",
        head_duplicate="two columns have the same name",
        head_empty="a column with values has no name",
        decimal_comma="numbers are written with a decimal comma",
        decimal_mixed="decimal commas and decimal points in one column",
        sheet_hidden="a sheet is hidden",
        cells_merged="cells of the table are merged",
        cells_dates="a spreadsheet turned codes into dates",
        cells_errors="cells hold an error such as #REF!, or no result",
        layers_several="the file has several layers",
        layer_empty="a layer has no row",
        layer_table="a layer of the file has no geometry",
        zip_ghosts="the archive holds files of macOS or Windows, not data",
        zip_nested="the layer lies in a folder or an archive of the archive",
        shapefile_parts="parts of the shapefile are missing",
        gpkg_wal="the GeoPackage was copied while it was open",
        gpkg_unregistered="a table of the GeoPackage is not in its list",
        json_bom="a byte order mark stands before the JSON",
        json_lines="one feature per line instead of one FeatureCollection",
        json_prefix="program text stands before the JSON",
        json_nan="NaN or Infinity, which JSON does not know",
        json_properties="features without properties, or not as an object",
        json_features="features that are not GeoJSON",
        json_coordinates="coordinates as text, not as numbers",
        kml_folders="the KML keeps its places in several folders",
        kml_extended="columns in ExtendedData, which many readers lose",
        kml_html="columns in a table of HTML in the description",
        kml_links="the KML only links to other files",
        parquet_no_geo="Parquet without the geo metadata of GeoParquet"),
    *_codes(
        "text", "reading",
        encoding_not_utf8="the text is not UTF-8",
        encoding_undeclared="the file does not say its code page",
        encoding_wrong="the declared code page is not the one in use",
        encoding_mixed="some bytes fit no code page that fits the rest"),
    *_codes(
        "coordinates", "reading",
        crs_member="a crs member, which RFC 7946 does not know",
        crs_absent="GeoParquet without crs: longitude and latitude (CRS84)",
        crs_null="GeoParquet with crs null: unknown",
        crs_unreadable="a declared CRS that cannot be understood",
        coordinates_pair="latitude and longitude in one column"),
    *_codes(
        "geometry", "reading",
        ring_open="a ring of a polygon that is not closed",
        geometry_unread="geometries that cannot be read"),
    # --- what stands in the table: the findings ----------------------------
    *_codes(
        "structure", "content",
        rows_empty="rows without a value",
        rows_duplicate="rows that are there twice",
        column_empty="a column without a value",
        column_constant="a column with one value",
        numbers_as_text="numbers stored as text",
        dates_as_text="dates stored as text",
        totals_row="a row of totals among the records",
        notes_row="a note or a source among the records",
        na_as_null="NA, N/A, null as text: readers make them empty",
        missing_coded="a number such as -999 that stands for a missing value",
        dates_impossible="dates that no calendar has",
        zeros_lost="codes that have lost their leading zeros",
        codes_exponent="codes such as 1.2E+07: digits are lost",
        identifier_repeated="an identifier is there twice"),
    *_codes(
        "text", "content",
        text_mojibake="text read with a wrong code page",
        text_destroyed="letters replaced by ? or U+FFFD: lost",
        text_persian="Persian letters in Arabic text",
        text_tatweel="tatweel in Arabic text",
        text_spaces="spaces at the ends, doubled, or not breaking",
        text_control="control characters, or marks that turn the text",
        text_decomposed="letters and accents apart (NFD)",
        text_html="HTML in a value"),
    *_codes(
        "coordinates", "content",
        crs_missing="the CRS is not declared",
        crs_wrong="the declared CRS does not fit the numbers",
        axes_swapped="longitude and latitude are exchanged in all rows",
        axes_swapped_rows="longitude and latitude exchanged in some rows",
        coordinates_zero="points at 0, 0",
        coordinates_outside="points outside the country",
        coordinates_unit="points outside the unit that the row declares",
        coordinates_dms="degrees, minutes and seconds as text",
        coordinates_text="coordinates that are no number",
        coordinates_missing="rows without coordinates",
        coordinates_precision="more decimals than any measurement has"),
    *_codes(
        "geometry", "content",
        geometry_invalid="geometries that are not valid",
        geometry_sliver="polygons so thin that they are leftovers",
        geometry_overlap="polygons that overlap",
        geometry_gap="gaps between polygons",
        geometry_repeated_total="parts of one unit repeat its total",
        geometry_mixed="points, lines or polygons in one layer",
        geometry_empty="rows with a null or an empty geometry"),
    *_codes(
        "codes", "content",
        codes_mixed="codes of several systems in one column",
        codes_unknown="codes that no list has",
        codes_contradict="the code and the name of a row do not agree",
        names_misspelt="names of units in another spelling",
        codes_variants="one value of a list, in capitals and not, or with "
        "and without accents",
        units_missing="a list of all units lacks some"),
    *_codes(
        "personal", "content",
        personal_phone="telephone numbers",
        personal_email="e-mail addresses",
        personal_name="names of people beside addresses or places",
        personal_identity="numbers of identity cards",
        personal_exif="photos that say where and when",
        personal_trace="a track that shows where somebody was"),
    *_codes(
        "openness", "content",
        format_closed="a format that one program owns",
        format_lossy="a format that cuts names, texts or types",
        metadata_missing="no metadata beside the file",
        licence_missing="no licence stated",
        licence_closed="the licence stated is not open"),
)
BY_CODE = {each.code: each for each in CODES}


# What is counted in a finding, and what is said of it.
_ONE = re.compile(
    r"(?<![\w.,-])1 (row|cell|column|sheet|line|name|feature|value|table|file|"
    r"number|point|polygon|collection|link|place)s\b"
    r"((?: (?:of|with) [a-z]+)? )?(are|have|hold|stand|lie)?\b")
_VERBS = {"are": "is", "have": "has", "hold": "holds", "stand": "stands",
          "lie": "lies"}


def singular(text: str) -> str:
    """"1 rows have" becomes "1 row has"; other numbers stay."""
    return _ONE.sub(lambda at: f"1 {at[1]}{at[2] or ''}"
                    f"{_VERBS.get(at[3], '')}", text)


def finding(code: str, says: str, why: str, repair: str = "", *,
            rows: list[int] | None = None, count: int | None = None,
            example: object = "", severity: str = "warning") -> Finding:
    """A finding of a code of CODES; its group comes from there."""
    rows = [] if rows is None else [int(row) for row in rows]
    return Finding(
        code, BY_CODE[code].group, singular(says), why, repair,
        rows[:MOST_ROWS],
        len(rows) or 1 if count is None else int(count),
        str(example)[:200], severity)
