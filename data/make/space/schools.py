"""E11, E13: schools of the whole country. FICTIONAL.

One school in ten, as in a survey; towns have more than their share. Half
of the schools stand near the seat of their sector, half anywhere in it.
"""

import geopandas as gpd
import pandas as pd

from ..base.sectors import seats_of_sectors
from ..shared.files import write_geojson
from ..shared.names import epithets
from ..shared.resources import fictional
from ..shared.shapes import to_degrees
from ..shared.world import (
    FROM_BORDER,
    chance,
    governorates,
    points_in,
    sectors,
    share_out,
)

SCHOOLS = 600
NEAR = 1_200  # metres from the seat
TO_TOWNS = 0.2  # power of the density: 0 would follow the population alone
PUPILS = 0.017  # of the population: one school in ten
FEWEST = 25
# level -> words in French and Arabic, times among ten schools
LEVELS = {
    "primaire": ("École primaire fictive", "مدرسة ابتدائية وهمية", 6),
    "préparatoire": ("Collège fictif", "مدرسة إعدادية وهمية", 3),
    "secondaire": ("Lycée fictif", "معهد ثانوي وهمي", 1),
}
RESOURCES = [fictional(
    name="schools",
    path="schools.geojson",
    title="schools",
    description=(
        "One school in ten; towns have more than their share. Each point is "
        "inside the sector that it states."),
    fields={
        "school_id": "identifier, e.g. SC-0001",
        "name_fr": "fictional name in French",
        "name_ar": "fictional name in Arabic",
        "level": "primaire, préparatoire or secondaire",
        "pupils": "fictional number of pupils",
        "sector_id": "fictional sector, see 'sectors'",
    },
)]


def make(out, seed=None):
    """Write schools.geojson; needs governorates.geojson, sectors.geojson.
    """
    random = chance(seed, "schools")
    areas, places = governorates(out), sectors(out)
    seats = seats_of_sectors(areas)
    density = places["population"] / places.area
    numbers = share_out(SCHOOLS, places["population"] * density**TO_TOWNS)
    schools = pd.concat([
        of_a_sector(sector, seats[sector.Index], number,
                    areas.loc[sector.iso_3166_2, "name_ar"], random)
        for sector, number in zip(places.itertuples(), numbers) if number],
        ignore_index=True)
    schools.insert(0, "school_id", [
        f"SC-{number:04d}" for number in range(1, SCHOOLS + 1)])
    layer = gpd.GeoDataFrame(
        schools[list(RESOURCES[0]["fields"])],
        geometry=to_degrees(schools["geometry"]), crs="EPSG:4326")
    write_geojson(layer, out / "schools.geojson")


def of_a_sector(sector, seat, number, governorate_ar, random):
    """Its schools: names, level, pupils, sector, point in metres."""
    inside = sector.geometry.buffer(-FROM_BORDER)
    near = seat.buffer(NEAR).intersection(inside)
    half = (number + 1) // 2
    points = points_in(near, half, random)
    if number > half:
        points += points_in(inside, number - half, random)
    levels = random.choice(list(LEVELS), number, p=[
        times / 10 for _, _, times in LEVELS.values()])
    place_ar = f"{governorate_ar} {int(sector.Index[-2:])}"
    rows = []
    for level, point, (epithet, epithet_ar) in zip(
            levels, points, epithets(number, random)):
        french, arabic, _ = LEVELS[level]
        rows.append({
            "name_fr": f"{french} {epithet}, {sector.place}",
            "name_ar": f"{arabic} {epithet_ar}، {place_ar}",
            "level": str(level), "sector_id": sector.Index,
            "geometry": point})
    pupils = max(round(PUPILS * sector.population), FEWEST * number)
    return pd.DataFrame(rows).assign(
        pupils=share_out(pupils, random.uniform(0.5, 1.5, number)))
