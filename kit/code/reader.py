"""From Python text to the graph document of the model it makes. The text is parsed, never run."""

from __future__ import annotations

import ast
from typing import Any

from kit.code.arithmetic import counted
from kit.code.comments import Comments, unquoted
from kit.code.draft import State, Value
from kit.code.loops import Folding, Loop
from kit.code.values import CodeError, Values
from kit.structure import MAXIMUM_NODES, Document, sinks, version_of

AFTERWARDS = {
    "compile",
    "fit",
    "summary",
    "evaluate",
    "predict",
    "plot",
    "save",
}  # calls on a model that are passed over


def from_code(text: str) -> Document:
    """The document of the model that a text makes, in either spelling. CodeError where it makes none."""
    return Reader().read(text)


class Reader:
    """Goes through the text statement by statement."""

    def __init__(self) -> None:
        self.values = Values()
        self.loops = [Loop()]  # those at hand, the outermost first; the first stands for the text itself
        self.followed = 0  # statements so far

    def read(self, text: str) -> Document:
        """The document of a text."""
        try:
            statements = ast.parse(text).body
            self.values.comments = Comments(text)
            self.run(statements, 0, text.count("\n") + 2)
        except SyntaxError as error:
            raise CodeError(f"this is not Python: {error.msg}", error.lineno or 1) from None
        except (RecursionError, MemoryError):
            raise self.values.fail("the text is nested too deeply; write it in shorter steps") from None
        except CodeError:
            raise
        except ValueError as error:
            raise self.values.fail(str(error)) from None
        if self.values.model is None:
            raise CodeError(
                "there is no model here; make one with Sequential([...]) or Model(inputs, outputs)", self.values.line
            )
        document: Document = {"version": 1, "nodes": self.values.draft.nodes, "edges": self.values.draft.edges}
        if self.values.outputs is not None and self.values.outputs != sinks(document):
            document["outputs"] = self.values.outputs
        document["version"] = version_of(document)
        try:
            return Folding(document, self.values.draft.automatic, self.values.draft.said).fold(self.loops[0].inside)
        except ValueError as error:
            raise self.values.fail(str(error)) from None

    def run(self, statements: list[ast.stmt], first: int, last: int) -> None:
        """Follows some statements, which stand between two lines, and the bypassed layers between them."""
        column = statements[0].col_offset if statements else 0
        for statement in statements:
            self.values.pass_over(first, statement.lineno, column)
            self.values.line, first = statement.lineno, statement.end_lineno or statement.lineno
            self.followed += 1
            if self.followed > 10 * MAXIMUM_NODES:
                raise self.values.fail("the loops are too long; repeat less")
            made = len(self.values.draft.nodes)
            value = self.follow(statement)
            if len(self.values.draft.nodes) > made and value == Value(self.values.draft.nodes[-1]["id"]):
                self.values.draft.note(self.values.comments.notes(statement.lineno, column, first))
        self.values.pass_over(first, last, column)

    def follow(self, statement: ast.stmt) -> Any:
        """Follows one statement; gives the output of the layer it calls or adds, if it does."""
        match statement:
            case ast.Import() | ast.ImportFrom():
                self.imports(statement)
            case ast.Assign(value=ast.Call(func=ast.Attribute(attr=method))) if method in AFTERWARDS:
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.values.variables[name] = found = self.bypassed(statement, self.values.value(value))
                return found
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=value):
                return self.unpack(names, self.values.value(value))
            case ast.For(target=ast.Name(id=name), orelse=[]):
                self.loop(statement, name)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method)) as call) if method in AFTERWARDS:
                self.values.line = call.lineno
            case ast.Expr(value=value):
                return self.values.value(value)
            case _:
                raise self.values.fail("only imports, layers, models and simple loops can be read here")

    def unpack(self, names: list[ast.expr], value: Any) -> Any:
        """Notes what the output of a layer and the states beside it are called; gives the output."""
        readers = value.layer.final_states() if isinstance(value, Value) and value.layer is not None else []
        if len(names) != 1 + len(readers) or not all(isinstance(name, ast.Name) for name in names):
            raise self.values.fail(f"there are {len(readers)} states behind this output to be named; see return_state")
        for name, found in zip(names, [value, *(State(value, reader) for reader in readers)], strict=True):
            self.values.variables[getattr(name, "id", "")] = found
        return value

    def loop(self, statement: ast.For, name: str) -> None:
        """Follows a loop turn by turn."""
        items = self.repetitions(statement.iter)
        notes = self.values.comments.notes(statement.lineno, statement.col_offset)
        loop = Loop(unquoted(notes["group"]) if "group" in notes else None, notes.get("title"))
        self.loops[-1].inside.append(loop)
        self.loops.append(loop)
        last = statement.end_lineno or statement.lineno
        while (comment := self.values.comments.lines.get(last + 1)) and comment.column > statement.col_offset:
            last += 1  # comments at its end are no statements
        for item in items:
            self.values.variables[name] = item
            made = len(self.values.draft.nodes)
            self.run(statement.body, statement.lineno, last + 1)
            loop.turns.append(range(made, len(self.values.draft.nodes)))
        self.loops.pop()

    def bypassed(self, statement: ast.stmt, value: Any) -> Any:
        """The output of the layer that a comment behind a statement says to take no part; else the value."""
        line = statement.end_lineno or statement.lineno
        comment = self.values.comments.behind(line)
        if not isinstance(value, Value) or comment is None or comment.said[0] != "bypass":
            return value
        made = self.values.value(self.values.expression(comment.said[1], line))
        return Value(self.values.draft.connect(made, value, bypass=True).node)

    def imports(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Notes what a class is called here."""
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                self.values.classes[alias.asname or alias.name] = alias.name

    def repetitions(self, node: ast.expr) -> list[Any]:
        """What a loop goes through: range(...) or a list."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            items: Any = counted([self.values.value(argument) for argument in node.args])
        else:
            items = self.values.value(node)
        if not isinstance(items, (range, list, tuple)) or len(items) > MAXIMUM_NODES:
            raise self.values.fail(f"a loop goes through range(...) or a list, of {MAXIMUM_NODES:,} at most")
        return list(items)
