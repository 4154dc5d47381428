"""The labs of a chapter, made by Python in this process: only the cells they need are run."""

import ast
import builtins

import nbformat


def labs_of(path, ids):
    """{id: its lab} for some cells of a chapter, whose last line is the lab."""
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    known, found = {"__name__": "__main__"}, {}
    for cell in needed(cells, ids):
        tree = ast.parse(cell.source)
        last = tree.body.pop() if cell.id in ids else None
        exec(compile(tree, cell.id, "exec"), known)
        if last is not None:
            found[cell.id] = eval(compile(ast.Expression(last.value), cell.id, "eval"), known)
    return found


def needed(cells, ids):
    """The cells with these ids, and those before them that define a name that is used there."""
    chosen, names = [], set()
    for cell in reversed(cells):
        try:
            made, used = names_in(ast.parse(cell.source))
        except SyntaxError:  # IPython's own, such as %timeit
            continue
        if cell.id in ids or made & names:
            chosen.append(cell)
            names = (names - made) | used
    return chosen[::-1]


def names_in(tree):
    """The names that some code makes, and those it uses.

    >>> made, used = names_in(ast.parse("y = f(x)"))
    >>> sorted(made), sorted(used)
    (['y'], ['f', 'x'])
    """
    made, used = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            made.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            made |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return made, used - set(vars(builtins))


def state_of(lab, state):
    """What a page knows of a lab's state, as Python's lab takes it: what brings others first."""
    values = {}
    for name, value in state.items():
        control = lab.controls.get(name)
        if name == "start" and name in lab.state:
            values[name] = tuple(value)
        elif hasattr(control, "options"):
            options = list(control.options.values())
            by_number = name in ("surface", "method")
            keys = map(str, range(len(options)) if by_number else options)
            values[name] = dict(zip(keys, options, strict=True))[str(value)]
        elif control is not None:
            values[name] = value
    order = ["surface", "method", "start", *lab.controls]
    return {name: values[name] for name in sorted(values, key=order.index)}
