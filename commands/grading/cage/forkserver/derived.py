"""Which calls of a check build on what an answer gave.

    derived_lines("found = find(rows)\\nplace(rows, found)", {"find", "place"})

is {2}: the argument `found` is a result of find. Where a check is recorded
(`ahead`), such an argument comes from the reference: it is an expected value,
and is not for the trainee's Python. Only the check's text is read: where in
doubt, a call counts as such a call.
"""

import ast
from collections.abc import Iterator

_BINDS = (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)
_LOOPS = (ast.For, ast.comprehension)


def derived_lines(source: str, answers: set[str]) -> set[int]:
    """The lines of the calls of these answers, or calls that are given one,
    whose arguments are made of results of answers."""
    tree = ast.parse(source)
    scopes = [_Scope(tree), *(_Scope(node) for node in ast.walk(tree)
                              if isinstance(node, ast.FunctionDef))]
    functions = {scope.name: scope for scope in scopes if scope.name}
    give, known = set(answers), -1  # functions that give results
    while len(give) > known:
        known = len(give)
        give |= {name for name, scope in functions.items()
                 if scope.mentions(scope.node) & give}
    known = -1
    while (found := sum(len(one.derived) for one in scopes)) > known:
        known = found
        for scope in scopes:
            scope.spread(give, functions)
    return set().union(*(scope.lines(answers, give) for scope in scopes))


class _Scope:
    """The notebook's names, or those of a function; derived: which of them
    hold something that is made of results."""

    def __init__(self, node: ast.Module | ast.FunctionDef) -> None:
        self.node, self.derived = node, set()
        self.name = getattr(node, "name", "")
        self.nodes = [*_inside(node)]
        self.calls = [one for one in self.nodes if isinstance(one, ast.Call)]
        self.bound = _bound(self.nodes)

    def mentions(self, node: ast.AST) -> set[str]:
        """Names in this node that the scope does not give to other things."""
        return _names(node) - self.bound

    def is_derived(self, node: ast.AST, give: set[str]) -> bool:
        """Is this expression made of results?"""
        return bool(_names(node) & self.derived) or any(
            isinstance(one, ast.Call) and self.mentions(one) & give
            for one in ast.walk(node))

    def spread(self, give: set[str], functions: dict[str, "_Scope"]) -> None:
        """What is bound to something derived, or is given it, is derived."""
        for target, value in _bindings(self.nodes):
            if self.is_derived(value, give):
                self.derived |= _bound(ast.walk(target))
        for call in self.calls:
            called = functions.get(getattr(call.func, "id", ""))
            if called:
                called.derived |= {name for name, value in _given(
                    call, called.node) if self.is_derived(value, give)}

    def lines(self, answers: set[str], give: set[str]) -> Iterator[int]:
        """The lines of calls of answers with derived arguments."""
        for call in self.calls:
            values = [*call.args, *(one.value for one in call.keywords)]
            if answers & {getattr(one, "id", "")
                          for one in [call.func, *values]} and any(
                    self.is_derived(one, give) for one in values):
                yield from range(call.lineno, (call.end_lineno or 0) + 1)


def _inside(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of the functions in it."""
    for node in ast.iter_child_nodes(scope):
        yield node
        if not isinstance(node, ast.FunctionDef):
            yield from _inside(node)


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _bound(nodes: Iterator[ast.AST] | list[ast.AST]) -> set[str]:
    return {one.id for one in nodes if isinstance(one, ast.Name)
            and isinstance(one.ctx, ast.Store)}


def _bindings(nodes: list[ast.AST]) -> Iterator[tuple[ast.AST, ast.AST]]:
    """(what is bound, to what); those of a zip one by one."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            pairs = [(target, node.value) for target in node.targets]
        elif isinstance(node, _BINDS) and node.value:
            pairs = [(node.target, node.value)]
        elif isinstance(node, _LOOPS):
            pairs = [(node.target, node.iter)]
        else:
            continue
        for target, value in pairs:
            zipped = (isinstance(value, ast.Call) and isinstance(
                target, ast.Tuple) and getattr(value.func, "id", "") == "zip"
                and len(target.elts) == len(value.args))
            yield from (zip(target.elts, value.args, strict=True)
                        if zipped else [(target, value)])


def _given(call: ast.Call, function: ast.AST) -> Iterator[
        tuple[str, ast.AST]]:
    """(name of a parameter, what this call gives it)."""
    names = [one.arg for one in (*function.args.posonlyargs,
                                 *function.args.args)]
    if any(isinstance(one, ast.Starred) for one in call.args):
        yield from ((name, one) for name in names for one in call.args)
    yield from zip(names, call.args, strict=False)
    yield from ((one.arg or "", one.value) for one in call.keywords)
