"""What a text shows of the difference between SQLite and PostgreSQL."""

import sqlite3

import pytest

from helpers import check


def run(sql):
    """SQLite, with two tables and a stand-in for ST_Within."""
    base = sqlite3.connect(":memory:")
    base.create_function("ST_Within", 2, lambda a, b: a == b)
    base.executescript("CREATE TABLE s (fid, code, name, geom);"
                       "CREATE TABLE c (fid, code, status, geom)")
    try:
        return base.execute(sql).fetchall()
    except sqlite3.Error as error:
        raise ValueError(str(error)) from None


def refused(sql) -> str:
    run(sql)
    try:
        check.both_engines(sql, run, "your text")
    except check.Feedback as feedback:
        return str(feedback)
    return ""


@pytest.mark.parametrize("sql, words", [
    ('SELECT * FROM c WHERE status = "ouvert"', "no such column: ouvert"),
    ("SELECT * FROM s JOIN c ON ST_Within(c.geom, s.geom) = 1", "true"),
    ("SELECT * FROM s JOIN c ON (c.fid > 1 AND 0<>st_within(c.geom, "
     "coalesce(s.geom, 1)))", "true"),
    ("SELECT * FROM s JOIN c ON ST_Within(c.geom, s.geom) IS NOT 0", "true"),
    ("SELECT code, name, count(*) FROM s GROUP BY code", "column name"),
    ("WITH a AS (SELECT s.code AS x, status, max(c.fid) FROM s JOIN c "
     "ON s.code = c.code GROUP BY s.code HAVING count(*) > 1) "
     "SELECT * FROM a", "column status"),
    ("SELECT 1, 2 UNION ALL SELECT code, name FROM s GROUP BY code",
     "column name")])
def test_what_postgresql_refuses(sql, words):
    assert words in refused(sql)


@pytest.mark.parametrize("sql", [
    "SELECT 'say \"ouvert\"' -- \"ouvert\" ST_Within(a, b) = 1",
    'SELECT s."code" AS "le code" FROM s AS "s" ORDER BY "le code"',
    "SELECT CAST(ST_Within(1, 1) AS integer) = 1",
    "SELECT count(*) = 1 FROM s JOIN c ON ST_Within(c.geom, s.geom)",
    "SELECT ST_Within(1, 1) AND 1 = 1, 2 > 1 AND ST_Within(1, 1) IS TRUE",
    "SELECT code AS x, name n, 1, NULL, count(*) FROM s GROUP BY x, (n)",
    "SELECT name, code, fid + 1, coalesce(code, name) FROM s GROUP BY 2, 1, 3",
    "SELECT S.CODE, upper(code) FROM s GROUP BY s.code ORDER BY max(name)",
    "SELECT code, (SELECT max(status) FROM c WHERE c.code = s.code) FROM s "
    "GROUP BY code;",
    "SELECT code, name, row_number() OVER (PARTITION BY code ORDER BY name) "
    "FROM s",
    "SELECT code, sum(count(*)) OVER (ORDER BY code) FROM s GROUP BY code",
    "SELECT s.name FROM s JOIN (SELECT code FROM c GROUP BY code) AS g "
    "ON g.code = s.code",
    "SELECT s.code, s.name, count(*) FROM s GROUP BY s.fid",
    "SELECT code, /* GROUP BY */ name FROM s"])
def test_no_alarm(sql):
    assert refused(sql) == ""
