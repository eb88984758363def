"""Which prompts the telephone can say, read from its source.

A prompt's name goes into `Prompt(...)`, into `catalogue.prompts[...]`, or into a parameter that is
called for what it carries: `notice`, `lead`, or the `key` of a sentence. An `Entry` has the stem of
what is said after each wrong answer.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import ivr
from ivr.dialogue import MOST_MISSES

CARRIERS = {"notice", "lead"}
SAYERS = {"Prompt", "sentence", "say", "message", "whispers"}
"""Their first argument is the name of a prompt."""

WRONG = 2
"""The position in an `Entry` of what is said after a wrong answer."""

MISSES = {f"{kind}_{n}" for kind in ("no_input", "no_match") for n in range(1, MOST_MISSES)}
"""What is said after each miss; the last one leads to a human instead."""

_Scope = ast.Module | ast.FunctionDef


def modules() -> list[ast.Module]:
    """The modules of the telephone, parsed."""
    (folder,) = ivr.__path__
    return [ast.parse(path.read_text(encoding="utf-8")) for path in Path(folder).glob("*.py")]


def used() -> set[str]:
    """The name of every prompt that something can say."""
    positions = {name: at for each in modules() for name, at in _positions(each)}
    said = {name for each in modules() for name in _named(each, positions) if name}
    return MISSES | said | {f"{stem}_{n}" for stem in _wrong() for n in range(1, MOST_MISSES)}


def _wrong() -> Iterator[str]:
    """The stem of what every `Entry` says after a wrong answer."""
    for module in modules():
        for node in ast.walk(module):
            match node:
                case ast.Call(ast.Name("Entry"), args) if len(args) > WRONG:
                    yield from _constants(args[WRONG], module)


def words() -> set[str]:
    """The name of every word that is filled into some prompt."""
    return {
        key.value
        for module in modules()
        for table in ast.walk(module)
        if isinstance(table, ast.Dict)
        for key in table.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def named_in(module: ModuleType) -> set[str]:
    """Every string in the source of a module: among them the texts that it uses."""
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {node.value for node in found if isinstance(node.value, str)}


def _positions(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions and classes that take a carrier, with the position at which they do."""
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            names = [arg.arg for arg in node.args.args if arg.arg not in {"self", "cls"}]
        elif isinstance(node, ast.ClassDef):
            fields = [line for line in node.body if isinstance(line, ast.AnnAssign)]
            fields = [line for line in fields if "ClassVar" not in ast.unparse(line.annotation)]
            names = [ast.unparse(line.target) for line in fields]
        else:
            continue
        for carrier in CARRIERS & set(names):
            yield node.name, names.index(carrier)


def _named(scope: _Scope, positions: dict[str, int]) -> Iterator[str]:
    for node in ast.walk(scope):
        if isinstance(node, ast.FunctionDef) and node is not scope:
            for said in _said(node, positions):
                yield from _constants(said, node)


def _said(scope: _Scope, positions: dict[str, int]) -> Iterator[ast.expr]:
    """Every expression that gives the name of a prompt."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            at = 0 if name in SAYERS else positions.get(name, len(node.args))
            yield from node.args[at : at + 1]
            yield from (each.value for each in node.keywords if each.arg in CARRIERS)
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith(".prompts"):
            yield node.slice


def _constants(expression: ast.expr, scope: _Scope) -> Iterator[str]:
    """The strings that an expression can be, as far as its function shows."""
    match expression:
        case ast.Constant(str(value)):
            yield value
        case ast.IfExp(_, yes, no):
            yield from _constants(yes, scope)
            yield from _constants(no, scope)
        case ast.List(several) | ast.Tuple(several):
            yield from _of_all(several, scope)
        case ast.Name(name):
            yield from _of_all(_values(name, scope), scope)
        case ast.Call(ast.Name(name)):
            yield from _of_all(_answers(name), scope)


def _of_all(expressions: Iterable[ast.expr], scope: _Scope) -> Iterator[str]:
    for each in expressions:
        yield from _constants(each, scope)


def _answers(name: str) -> Iterator[ast.expr]:
    """What a function of the telephone can give back."""
    for module in modules():
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                returned = (each for each in ast.walk(node) if isinstance(each, ast.Return))
                yield from (each.value for each in returned if each.value)


def _values(name: str, scope: _Scope) -> Iterator[ast.expr]:
    """What a name is set to, or runs over, in a function."""
    for node in ast.walk(scope):
        match node:
            case ast.Assign([ast.Name(target)], value) if target == name:
                yield value
            case ast.comprehension(ast.Name(target), value) if target == name:
                yield value
            case ast.For(ast.Name(target), value) if target == name:
                yield value
