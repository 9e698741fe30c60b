"""The layers that are kept as received."""

from data.make import receive
from data.make.shared.files import RECEIVED
from tests.support import needs


def test_the_censuses_add_up(governorate_table):
    sums = governorate_table.sum(numeric_only=True)
    assert sums["pop_2014"] == 10_982_754
    assert sums["pop_2024"] == 11_972_169
    # The estimates of 2023 are rounded: two short of the published total.
    assert sums["pop_est_2023_01_01"] == 11_850_230


def test_the_table_has_24_governorates_and_unique_codes(governorate_table):
    for code in ("iso_3166_2", "ins_code", "cod_ab_pcode", "hasc_1",
                 "name_en", "name_fr", "name_ar"):
        assert governorate_table[code].nunique() == 24, code


def test_the_code_trap_is_there(governorate_table):
    """ISO TN-31 is Béja, INS TN31 is Sousse; eleven codes mislead."""
    iso = governorate_table.set_index("iso_3166_2")["name_en"]
    ins = governorate_table.set_index("cod_ab_pcode")["name_en"]
    assert (iso["TN-31"], ins["TN31"]) == ("Béja", "Sousse")
    misled = [code for code in iso.index
              if ins.get(code.replace("-", "")) not in (None, iso[code])]
    assert len(misled) == 11


def test_natural_earth_is_kept_as_received(received):
    assert len(received) == 23
    assert received.is_valid.all()
    assert received.get_coordinates().shape[0] == 905
    assert {"Manubah", "Sidi Bou Zid", "Kassérine",
            "Ben Arous (Tunis Sud)"} <= set(received["name"])


def test_natural_earth_can_be_extracted_again(tmp_path):
    needs("qgis")  # ships Natural Earth
    receive.natural_earth(out=tmp_path)
    for file in tmp_path.iterdir():
        committed = RECEIVED / file.name
        assert file.read_bytes() == committed.read_bytes(), file.name
