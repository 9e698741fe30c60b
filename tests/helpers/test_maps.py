"""Maps: all inside, nothing asked of the network, a title for everybody."""

import re

import folium
import pytest
from branca.element import Figure

from helpers import data, maps
from helpers.errors import CourseError


@pytest.fixture(autouse=True)
def offline():
    maps.offline()


def test_a_map_asks_the_network_for_nothing():
    m = folium.Map(location=[34, 9], zoom_start=6, tiles=None)
    folium.CircleMarker([36.8, 10.2], popup="Tunis").add_to(m)
    maps.background(m, "Title", "Source: us.")
    page = m.get_root().render()
    assert not re.search(r'<(script|link|img)[^>]*(src|href)="http', page)
    assert "L.Control.Attribution" in page  # Leaflet is inside


def test_a_plain_marker_keeps_its_pin():
    m = folium.Map(tiles=None)
    folium.Marker([36.8, 10.2]).add_to(m)
    assert 'iconUrl: "data:image/png;base64,' in m.get_root().render()


def test_what_the_course_cannot_give_offline_is_refused_by_name():
    from folium.plugins import HeatMap
    m = folium.Map(tiles=None)
    HeatMap([[36.8, 10.2]]).add_to(m)
    with pytest.raises(CourseError, match="leaflet_heat"):
        m.get_root().render()


def test_a_map_has_a_title_a_credit_and_a_named_frame():
    m = folium.Map(tiles=None)
    maps.background(m, 'Wells & "springs"', "FICTIONAL data.")
    frame = m._repr_html_()
    assert 'title="Wells &amp; &quot;springs&quot;"' in frame
    page = m.get_root().render()
    assert '<h1 class="map-title">Wells &amp; &#34;springs&#34;</h1>' in page
    assert 'addAttribution(\n  "FICTIONAL data. Base map.' in page


@pytest.mark.parametrize("credit", ["", "FICTIONAL data."])
def test_a_map_credits_its_base_map_too(credit):
    m = folium.Map(tiles=None)
    maps.background(m, "Wells", credit)
    (said,) = re.findall(r'addAttribution\(\s*"([^"]*)"',
                         m.get_root().render())
    base = "Base map. " + data.credit("governorates")
    assert said == " ".join(filter(None, [credit, base]))


def test_the_credit_of_the_base_map_names_the_sources_of_both_layers():
    said = data.credit(maps.BASE[-1])
    for layer in maps.BASE:
        for source in data.info(layer)["sources"]:
            assert source["title"] in said


def test_offline_may_be_said_twice():
    once = Figure._repr_html_
    maps.offline()
    assert Figure._repr_html_ is once
    assert folium.Map(tiles=None)._repr_html_().count("<iframe title=") == 1


# --- colours ---------------------------------------------------------------

@pytest.mark.parametrize("colour, lightness", [
    ("#000000", 0), ("#ffffff", 100), ("white", 100), ("#777777", 50.03),
    ("#ff0000", 53.24), ("#00ff00", 87.74), ("#0000ff", 32.30),
    ("#010101", 0.27)])
def test_lightness_is_that_of_the_cie(colour, lightness):
    """Published values of L* of the sRGB primaries and greys."""
    assert maps.lightness(colour) == pytest.approx(lightness, abs=0.01)


def test_greys_stay_greys_without_red_sensitive_cones():
    for level in range(0, 256, 15):
        grey = f"#{level:02x}{level:02x}{level:02x}"
        seen = maps.protan(grey)
        parts = [int(seen[at:at + 2], 16) for at in (1, 3, 5)]
        assert max(abs(part - level) for part in parts) <= 1, (grey, seen)


def test_red_gets_dark_and_red_and_green_get_near():
    assert maps.lightness(maps.protan("#ff0000")) < 45
    red, green = maps.protan("#c00000"), maps.protan("#806000")
    assert red[5:] < "40"
    assert green[5:] < "40"
    assert maps.protan("#0000ff")[5:] > "f0"
