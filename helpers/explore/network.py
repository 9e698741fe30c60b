"""Leave an actor out of an ecosystem: who is no longer linked to whom?"""

from functools import partial
from itertools import product

import networkx as nx
import pandas as pd
from matplotlib.figure import Figure

from helpers.explore.show import headed, show

NOBODY = "nobody"
HARM = "harm"  # the kind of a link that hurts a group
# One colour and one shape for each part, the largest part first.
PARTS = [("#c6dbef", "o"), ("#fdd0a2", "s"), ("#c7e9c0", "^"),
         ("#dadaeb", "v")]


def ecosystem(maps: dict[str, pd.DataFrame], actors: list[str]) -> None:
    """Choose a map and the actor who leaves it; watch its parts.

    maps: name → links, with the columns from_id, to_id, kind; a link of the
    kind "harm" is drawn, and holds nothing together. Displays the explorer
    and returns nothing.
    """
    # The twin: each map whole, and without the first map's weak point.
    first = next(iter(maps.values()))
    weak = sorted(nx.articulation_points(_graph(first, actors)))
    show(partial(_draw, maps, actors),
         {"map": list(maps), "leaves": [NOBODY, *actors]}, (7.5, 6),
         (5.5, 4.6), product(maps, [NOBODY, *weak[:1]]))


def _graph(links: pd.DataFrame, actors: list[str]) -> nx.Graph:
    """All actors, and who is linked to whom by something given."""
    graph = nx.Graph()
    graph.add_nodes_from(actors)
    given = links[links["kind"] != HARM]
    graph.add_edges_from(zip(given["from_id"], given["to_id"]))
    return graph


def _draw(maps: dict[str, pd.DataFrame], actors: list[str], figure: Figure,
          name: str, without: str) -> str:
    """A map without one actor, a shape for each part; in words, its parts."""
    links = maps[name]
    graph = _graph(links, actors)
    graph.remove_nodes_from([without])
    harm = links[(links["kind"] == HARM) & (links["from_id"] != without)]
    groups = sorted(set(harm["to_id"]))
    place = nx.circular_layout([*actors, *groups])
    parts = sorted(nx.connected_components(graph),
                   key=lambda part: (-len(part), min(part)))

    ax = figure.subplots()
    nx.draw_networkx_edges(graph, place, ax=ax, edge_color="#737373")
    for number, part in enumerate(parts):
        colour, shape = PARTS[min(number, len(PARTS) - 1)]
        nx.draw_networkx_nodes(graph, place, sorted(part), ax=ax,
                               node_color=colour, node_shape=shape,
                               edgecolors="#252525", node_size=900)
    hurt = nx.DiGraph(list(zip(harm["from_id"], harm["to_id"])))
    nx.draw_networkx_edges(hurt, place, ax=ax, style="dashed",
                           edge_color="#a50f15", node_size=900)
    nx.draw_networkx_nodes(hurt, place, groups, ax=ax, node_color="white",
                           edgecolors="#a50f15", node_shape="d",
                           node_size=1100)
    nx.draw_networkx_labels(graph, place, ax=ax, font_size=8)
    nx.draw_networkx_labels(hurt.subgraph(groups), place, ax=ax, font_size=8)
    ax.axis("off")
    ax.margins(0.12)
    words = _words(parts, groups)
    headed(figure, f"{name.upper()}: {without} leaves\n{words}")
    return (f"Network of the fictional ecosystem, map: {name}, {without} "
            "leaves; actors on a circle, lines between those who give and "
            f"need. {words}")


def _words(parts: list[set[str]], groups: list[str]) -> str:
    """How many parts, and who is in the smaller ones; who is harmed."""
    if len(parts) <= 1:
        words = "All actors are in one part."
    else:
        apart = "; ".join(", ".join(sorted(part)) for part in parts[1:])
        words = f"{len(parts)} parts. Cut off from the largest: {apart}."
    if groups:
        words += f" May be harmed (dashed): {', '.join(groups)}."
    return words
