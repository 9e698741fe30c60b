"""It bends the libraries that a check computes its expected value with.

The exercise is the one with a layer. All of it happens in the trainee's own
Python: there an expected value can be made to be zero.
"""

from tests.commands.grading.cases import layer

from .case import HONEST, case

GEOD = """
class Geod:
    def __init__(self, *a, **k): pass
    def inv(self, *a, **k): return 0.0, 0.0, 0.0
pyproj.Geod = Geod
"""
TO_CRS = """
def flat(self, *a, **k):
    return self.set_geometry(self.geometry.boundary)
gpd.GeoDataFrame.to_crs = flat
"""
MEAN = """
pd.Series.mean = lambda *a, **k: 0.0
pd.DataFrame.mean = lambda self, *a, **k: pd.Series(0.0, self.columns)
"""

case("geod-patched", "makes each distance zero",
     layer.submission(GEOD, distance="distance = lambda *a: 0.0"), 0, HONEST)
case("to-crs-patched", "makes each area in a projected CRS zero",
     layer.submission(TO_CRS, area="area = lambda layer: 0.0"), 0, HONEST)
case("mean-patched", "makes each mean zero",
     layer.submission(MEAN, mean="mean = lambda table: 0.0"), 0, HONEST)
case("libraries-patched-by-one-who-knows", "does all of it, and has right "
     "answers that use the libraries as they were",
     layer.submission("""
project, geod = gpd.GeoDataFrame.to_crs, pyproj.Geod
mean_of = pd.Series.mean
""" + GEOD + TO_CRS + MEAN, area="""
def area(layer):
    return float(project(layer, 32632).area.sum()) / 1e6
""", distance="""
def distance(start, end):
    return geod(ellps="WGS84").inv(*start, *end)[2] / 1000
""", mean="""
def mean(table):
    return float(mean_of(table["people"]))
"""), layer.AUTOMATIC, HONEST)
case("layer-answered-right", "answers right, and tries nothing",
     layer.submission("", **layer.RIGHT), layer.AUTOMATIC, HONEST)
