"""C1: the actors of an ecosystem, their links, and the missing link."""

import networkx as nx
import pytest

from tests.data.worlds import of_kind


def ecosystem(world):
    """Actors by identifier, links, and the links as a graph."""
    actors = world.table("actors").set_index("actor_id")
    links = world.table("actor_links")
    return actors, links, nx.from_pandas_edgelist(links, "from_id", "to_id")


def test_every_link_serves_a_need_with_an_offer(world):
    actors, links, _ = ecosystem(world)
    assert len(actors) == 14
    for link in links.itertuples():
        assert link.flow in actors.at[link.from_id, "offers"].split("; ")
        assert link.flow in actors.at[link.to_id, "needs"].split("; ")
    for column in ("interest", "power"):
        assert actors[column].isin(list("12345")).all()


def test_one_need_that_somebody_could_serve_has_no_link(world):
    actors, links, _ = ecosystem(world)
    needs = {(actor, need) for actor, text in actors["needs"].items()
             for need in text.split("; ")}
    (needer, flow), = needs - set(zip(links["to_id"], links["flow"]))
    giver, = [actor for actor, text in actors["offers"].items()
              if flow in text.split("; ")]
    truth = of_kind(world.truth("actor_links"), "missing link").iloc[0]
    assert (truth["record"], truth["found"], truth["true_value"]) == (
        f"{giver} to {needer}", "", flow)


@pytest.mark.parametrize("seed", [None, *range(1, 13)])
def test_one_actor_holds_the_map_together_until_the_link_is_added(
        worlds, seed):
    world = worlds(seed)
    actors, _, graph = ecosystem(world)
    assert set(graph) == set(actors.index)
    assert nx.is_connected(graph)
    truth = world.truth("actor_links")
    single = of_kind(truth, "single point without a backup").iloc[0]
    assert list(nx.articulation_points(graph)) == [single["record"]]
    assert single["found"] == single["record"]
    link, = of_kind(truth, "missing link")["record"]
    assert single["true_value"] == f"{link} is its backup"
    graph.add_edge(*link.split(" to "))
    assert nx.is_biconnected(graph)
