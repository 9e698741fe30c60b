"""The heritage sites of a ministry that does not exist."""


def test_heritage_sites_lie_in_their_sectors_and_none_exists(world):
    sites = world.layer("heritage_sites")
    assert len(sites) == 120
    assert sites["site_id"].is_unique and sites["name_fr"].is_unique
    assert sites["name_fr"].str.contains(" fictif ").all()
    assert sites["name_ar"].str.contains("وهمي").all()
    areas = world.layer("sectors")
    joined = sites.sjoin(areas, how="left")
    assert list(joined["sector_id_left"]) == list(joined["sector_id_right"])
    number = sites["sector_id"].value_counts().reindex(
        areas["sector_id"], fill_value=0)
    assert number.corr(areas.set_index("sector_id")["population"]) > 0.9
