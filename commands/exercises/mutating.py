"""Mutants of a reference answer: the same code with one small mistake.

>>> [one.after for one in mutants("x", "a = 1 < 2", lambda line: True)][:2]
['a = 1 <= 2', 'a = 1 > 2']

Each operator is a function that gives the nodes that may stand in the place
of a node. Words of an error message are free, so a `raise` keeps its texts.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# A comparison is widened first, then turned.
COMPARISONS: dict[type, list[type]] = {
    ast.Lt: [ast.LtE, ast.Gt], ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt], ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.In: [ast.NotIn],
    ast.NotIn: [ast.In], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is]}
OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div,
    ast.Div: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And}
UNIT_FACTORS = {60, 100, 1000, 3600, 10_000, 1_000_000}
DROPPED = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return,
           ast.Raise, ast.If, ast.For, ast.While, ast.With, ast.Try,
           ast.Continue, ast.Break, ast.Delete)
LISTS = (ast.List, ast.ListComp)


@dataclass(frozen=True)
class Mutant:
    """One mistake: the lines that differ, as `ast.unparse` writes them, and
    the whole code of the cell with it."""
    cell: str
    operator: str
    before: str
    after: str
    code: str

    @property
    def name(self) -> str:
        """One line for a person."""
        return (f"{self.cell}: {self.operator}: {self.before!r} → "
                f"{self.after!r}")


def mutants(cell: str, code: str, inside: Callable[[int], bool],
            modules: frozenset[str] = frozenset()) -> list[Mutant]:
    """The mutants of the lines of code for which inside(line) holds, from
    top to bottom. What a name in modules has is a function, no method."""
    tree = ast.parse(code)
    original = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for node, texts_are_free in _in_order(tree):
        if not inside(getattr(node, "lineno", 0)):
            continue
        for operator, other in _changes(node, modules):
            if texts_are_free and operator == "text":
                continue
            changed = ast.unparse(ast.fix_missing_locations(
                _replaced(tree, node, other)))
            if changed != original and changed not in found:
                before, after = _differing(original, changed)
                found[changed] = Mutant(cell, operator, before, after,
                                        changed)
    return list(found.values())


def _in_order(node: ast.AST, texts_are_free: bool = False
              ) -> Iterator[tuple[ast.AST, bool]]:
    """All nodes from top to bottom, and whether each stands in a message.
    Descriptions of functions are left out."""
    free = texts_are_free or isinstance(node, ast.Raise)
    yield node, free
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr)
                and isinstance(child.value, ast.Constant)):
            yield from _in_order(child, free)


def _replaced(tree, old: ast.AST, new: ast.AST):
    """The tree with new in the place of old; tree itself stays."""
    if tree is old:
        return new
    if isinstance(tree, list):
        return [_replaced(part, old, new) for part in tree]
    if not isinstance(tree, ast.AST):
        return tree
    copy = type(tree)(**{name: _replaced(value, old, new)
                         for name, value in ast.iter_fields(tree)})
    return ast.copy_location(copy, tree)


def _differing(before: str, after: str) -> tuple[str, str]:
    """The lines in which two texts differ, each without its indent."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return tuple("\n".join(line.strip() for line in lines)
                 for lines in (old, new))


# --- operators: each gives (its name, the node in the place) ----------------

def _changes(node: ast.AST, modules: frozenset[str]
             ) -> Iterator[tuple[str, ast.AST]]:
    yield from _compared(node)
    yield from _constant(node)
    yield from _calculated(node)
    yield from _called(node, modules)
    yield from _negated(node)
    yield from _sorted(node)
    if isinstance(node, DROPPED):
        yield "statement", ast.Pass()


def _compared(node):
    if not isinstance(node, ast.Compare):
        return
    for place, sign in enumerate(node.ops):
        for other in COMPARISONS[type(sign)]:
            signs = [*node.ops[:place], other(), *node.ops[place + 1:]]
            yield "comparison", ast.Compare(node.left, signs,
                                            node.comparators)


def _constant(node):
    """A number ± 1; a truth value turned; a text emptied, or not empty."""
    if not isinstance(node, ast.Constant):
        return
    if isinstance(node.value, bool):
        yield "constant", ast.Constant(not node.value)
    elif isinstance(node.value, (int, float)):
        yield "constant", ast.Constant(node.value + 1)
        yield "constant", ast.Constant(node.value - 1)
    elif isinstance(node.value, str):
        yield "text", ast.Constant("" if node.value else "x")


def _calculated(node):
    if isinstance(node, (ast.BinOp, ast.AugAssign)):
        other = OPERATORS.get(type(node.op))
        if other and isinstance(node, ast.AugAssign):
            yield "operator", ast.AugAssign(node.target, other(), node.value)
        elif other:
            yield "operator", ast.BinOp(node.left, other(), node.right)
    if isinstance(node, ast.BoolOp):
        yield "operator", ast.BoolOp(OPERATORS[type(node.op)](), node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op,
                                                  (ast.Mult, ast.Div)):
        for part, rest in ((node.left, node.right), (node.right, node.left)):
            if isinstance(part, ast.Constant) and part.value in UNIT_FACTORS:
                yield "unit factor", rest


def _called(node, modules):
    """Two arguments exchanged, a keyword dropped, a method dropped."""
    if not isinstance(node, ast.Call):
        return
    for place in range(len(node.args) - 1):
        args = list(node.args)
        args[place:place + 2] = args[place + 1], args[place]
        yield "arguments", ast.Call(node.func, args, node.keywords)
    for keyword in node.keywords:
        yield "keyword", ast.Call(node.func, node.args, [
            other for other in node.keywords if other is not keyword])
    if isinstance(node.func, ast.Attribute) and not (
            isinstance(node.func.value, ast.Name)
            and node.func.value.id in modules):
        yield "method", node.func.value
    elif isinstance(node.func, ast.Name) and len(node.args) == 1 and (
            node.func.id in ("sorted", "abs", "round", "float", "int", "str",
                             "list", "set")):
        yield "function", node.args[0]


def _negated(node):
    if isinstance(node, ast.UnaryOp):
        yield "negation", node.operand


def _sorted(node):
    """A sort added: to a list, where it is made or handed back."""
    if isinstance(node, ast.FunctionDef):
        return
    if isinstance(node, (ast.Return, ast.Assign)) and isinstance(
            node.value, ast.ListComp):
        value = ast.Call(ast.Name("sorted"), [node.value], [])
        yield "sort", (ast.Return(value) if isinstance(node, ast.Return)
                       else ast.Assign(node.targets, value))
    if isinstance(node, ast.For) and isinstance(node.iter, ast.Name):
        yield "sort", ast.For(
            node.target, ast.Call(ast.Name("sorted"), [node.iter], []),
            node.body, node.orelse)
    if isinstance(node, ast.Call) and isinstance(
            node.func, ast.Attribute) and node.func.attr in (
            "merge", "assign", "concat", "drop_duplicates", "reset_index"):
        yield "sort", ast.Call(ast.Attribute(node, "sort_index"), [], [
            ast.keyword("ascending", ast.Constant(False))])
    if isinstance(node, ast.Return):
        parts = node.value.elts if isinstance(
            node.value, ast.Tuple) else [node.value]
        for part in parts:
            if isinstance(part, ast.Name):
                yield "sort", _replaced(node, part, ast.Call(
                    ast.Name("sorted"), [part], []))
