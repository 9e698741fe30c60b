"""What an accuracy means on the ground, and what a limit of it refuses."""

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from helpers import check, data
from helpers.explore.show import show

# Stated accuracy, metres; readings averaged; limit of the form, metres.
ACCURACIES = [3, 5, 10, 20, 50]
READINGS = [1, 4, 16, 64]
LIMITS = [5, 10, 20, 50, 100, 200]

# Errors east and north are normal: radius of a circle with this share of
# the fixes, in standard deviations. A phone states the 68 % circle
# (Android, Location.getAccuracy); CEP is the 50 % circle.
R50, R68, R95 = (float(np.sqrt(-2 * np.log(1 - share)))
                 for share in (0.50, 0.68, 0.95))
# Assumption: half of the variance is the same in all readings of a visit
# (satellites, atmosphere, a wall nearby): a mean does not remove it.
SHARED = 0.5
FIXES = 400
FAR = 10_000  # metres: more than a receiver's error, a wrong place
BLUE, RED, GREY = "#08519c", "#b30000", "#8a8178"


def gnss_precision() -> None:
    """Move the accuracy, the readings averaged and the form's limit; see
    where fixes fall, and which visits of the survey the limit refuses.

    Displays the explorer and returns nothing.
    """
    show(lambda figure, *choice: _draw(figure.subplots(1, 2), *choice),
         {"Accuracy": ACCURACIES, "Readings": READINGS, "Limit": LIMITS},
         (10, 5), (10, 14.5), twin=_twin)


def radii(accuracy: float, readings: int) -> tuple[float, float]:
    """Radii, metres, around the true place that hold 50 % (CEP) and 95 % of
    the fixes, when each is the mean of so many readings of this accuracy
    (metres, the 68 % circle)."""
    sigma = _sigma(accuracy, readings)
    return R50 * sigma, R95 * sigma


def visits() -> pd.DataFrame:
    """The fictional visits that have a fix, one row per visit.

    Columns, in metres: "accuracy" as the tablet states it, and "away", the
    distance from the register's position.
    """
    sent = pd.read_csv(data.path("water_point_submissions"))
    sent = sent.drop_duplicates("KEY")
    sent = sent[sent["location-Accuracy"] > 0]
    register = gpd.read_file(data.path("water_points")).set_index(
        "water_point_id").geometry
    fixes = gpd.GeoSeries(gpd.points_from_xy(
        sent["location-Longitude"], sent["location-Latitude"]), crs=4326)
    away = check.distance_m(fixes, register[sent["point-water_point_id"]])
    return pd.DataFrame({"accuracy": sent["location-Accuracy"].to_numpy(),
                         "away": away})


def _sigma(accuracy: float, readings: int) -> float:
    """Standard deviation of a mean, east or north, metres."""
    return accuracy / R68 * float(np.sqrt(SHARED + (1 - SHARED) / readings))


def _draw(axes: Iterable[Axes], accuracy: float, readings: int,
          limit: float) -> str:
    """Left, fixes around a place; right, the visits that a limit refuses."""
    left, right = axes
    return (f"{_draw_fixes(left, accuracy, readings)}; "
            f"{_draw_limit(right, limit)}")


def _draw_fixes(axes: Axes, accuracy: float, readings: int) -> str:
    """Fixes of one place, with the circles of 50 % and 95 %."""
    east, north = np.random.default_rng(13).normal(
        scale=_sigma(accuracy, readings), size=(2, FIXES))
    axes.scatter(east, north, s=6, color=GREY, alpha=0.6)
    axes.plot(0, 0, "+", color="black", markersize=12)
    half, most = radii(accuracy, readings)
    for radius, style, words in ((half, "-", "50 % (CEP)"),
                                 (most, "--", "95 %")):
        axes.add_patch(Circle(
            (0, 0), radius, fill=False, color=BLUE, linestyle=style,
            linewidth=1.8, label=f"{words}: {radius:.1f} m"))
    reach = 2.6 * accuracy  # the same for any number of readings
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect=1,
             xlabel="metres east", ylabel="metres north",
             title=f"“{accuracy} m”, mean of {readings}: half within "
                   f"{half:.1f} m,\n95 % within {most:.1f} m")
    axes.legend(loc="upper right", fontsize=9)
    return (f"accuracy {accuracy} m, mean of {readings}: half within "
            f"{half:.1f} m, 95 % within {most:.1f} m")


def _draw_limit(axes: Axes, limit: float) -> str:
    """The visits: stated accuracy against distance from the register."""
    table = visits()
    kept, far = table["accuracy"] <= limit, table["away"] >= FAR
    lost = (kept & far).sum()
    title = (f"limit {limit} m: {(~kept).sum()} of {len(table)} refused,\n"
             f"the rest up to {table['away'][kept & ~far].max():.0f} m off"
             + (f", but {lost} far away" if lost else ""))
    for rows, marker, colour, words in (
            (table[kept], "o", BLUE, "accepted"),
            (table[~kept], "x", RED, "refused")):
        axes.plot(rows["accuracy"], rows["away"], marker, color=colour,
                  markersize=5, label=f"{words}: {len(rows)}")
    axes.axvline(limit, color="#444", linestyle=":")
    axes.set(xscale="log", yscale="log", xlim=(2, 300), ylim=(1, 1e6),
             xlabel="accuracy stated by the tablet (m)",
             ylabel="distance from the register (m)", title=title)
    axes.legend(loc="upper right", fontsize=9)
    return title.replace("\n", " ")


def _twin(figure: Figure) -> str:
    """Three accuracies with their averages, and three limits."""
    texts = [_draw(row, *choice) for row, choice in zip(
        figure.subplots(3, 2), [(10, 1, 5), (10, 16, 20), (50, 1, 200)])]
    return ("Left, clouds of fixes around a true place; right, the fictional "
            "visits by stated accuracy and by distance from the register. "
            + "; ".join(texts) + ".")
