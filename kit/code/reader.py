"""From Python text to the graph document of the model it makes. The text is parsed, never run."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from kit.code.arithmetic import OPERATORS, compute, counted
from kit.code.comments import Comments, unquoted
from kit.code.draft import Chain, Draft, Made, State, Value
from kit.code.loops import Folding, Loop
from kit.graph import CLASS_SYNONYMS, layer_class
from kit.names import near_miss
from kit.structure import INPUT, LONGEST_TEXT, MAXIMUM_NODES, Document, sinks, version_of

MERGERS = {
    "add": "Add",
    "average": "Average",
    "concatenate": "Concatenate",
    "dot": "Dot",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "multiply": "Multiply",
    "subtract": "Subtract",
}
AFTERWARDS = {
    "compile",
    "fit",
    "summary",
    "evaluate",
    "predict",
    "plot",
    "save",
}  # calls on a model that are passed over


class CodeError(ValueError):
    """Text that is no model; the message says why. line: where, from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


def from_code(text: str) -> Document:
    """The document of the model that a text makes, in either spelling. CodeError where it makes none."""
    return Reader().read(text)


class Reader:
    """Goes through the text statement by statement and notes nodes and edges."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}
        self.classes: dict[str, str] = {}
        self.draft = Draft()
        self.outputs: list[str] | None = None
        self.model: Any = None
        self.loops = [Loop()]  # those at hand, the outermost first; the first stands for the text itself
        self.comments = Comments("")
        self.line = 1
        self.followed = 0  # statements so far
        self.calls: dict[str, Callable[[ast.Call], Any]] = {
            "Sequential": self.sequential,
            "Model": self.functional_model,
            "Input": self.input,
            **dict.fromkeys(MERGERS, self.merger),
        }

    def read(self, text: str) -> Document:
        """The document of a text."""
        try:
            statements = ast.parse(text).body
            self.comments = Comments(text)
            self.run(statements, 0, text.count("\n") + 2)
        except SyntaxError as error:
            raise CodeError(f"this is not Python: {error.msg}", error.lineno or 1) from None
        except (RecursionError, MemoryError):
            raise self.fail("the text is nested too deeply; write it in shorter steps") from None
        except CodeError:
            raise
        except ValueError as error:
            raise self.fail(str(error)) from None
        if self.model is None:
            raise CodeError(
                "there is no model here; make one with Sequential([...]) or Model(inputs, outputs)", self.line
            )
        document: Document = {"version": 1, "nodes": self.draft.nodes, "edges": self.draft.edges}
        if self.outputs is not None and self.outputs != sinks(document):
            document["outputs"] = self.outputs
        document["version"] = version_of(document)
        try:
            return Folding(document, self.draft.automatic, self.draft.said).fold(self.loops[0].inside)
        except ValueError as error:
            raise self.fail(str(error)) from None

    def fail(self, message: str) -> CodeError:
        """The error for the line at hand."""
        return CodeError(message, self.line)

    def run(self, statements: list[ast.stmt], first: int, last: int) -> None:
        """Follows some statements, which stand between two lines, and the bypassed layers between them."""
        column = statements[0].col_offset if statements else 0
        for statement in statements:
            self.pass_over(first, statement.lineno, column)
            self.line, first = statement.lineno, statement.end_lineno or statement.lineno
            self.followed += 1
            if self.followed > 10 * MAXIMUM_NODES:
                raise self.fail("the loops are too long; repeat less")
            made = len(self.draft.nodes)
            value = self.follow(statement)
            if len(self.draft.nodes) > made and value == Value(self.draft.nodes[-1]["id"]):
                self.draft.note(self.comments.notes(statement.lineno, column, first))
        self.pass_over(first, last, column)

    def follow(self, statement: ast.stmt) -> Any:
        """Follows one statement; gives the output of the layer it calls or adds, if it does."""
        match statement:
            case ast.Import() | ast.ImportFrom():
                self.imports(statement)
            case ast.Assign(value=ast.Call(func=ast.Attribute(attr=method))) if method in AFTERWARDS:
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.variables[name] = found = self.bypassed(statement, self.value(value))
                return found
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=value):
                return self.unpack(names, self.value(value))
            case ast.For(target=ast.Name(id=name), orelse=[]):
                self.loop(statement, name)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method)) as call) if method in AFTERWARDS:
                self.line = call.lineno
            case ast.Expr(value=value):
                return self.value(value)
            case _:
                raise self.fail("only imports, layers, models and simple loops can be read here")

    def unpack(self, names: list[ast.expr], value: Any) -> Any:
        """Notes what the output of a layer and the states beside it are called; gives the output."""
        readers = value.layer.final_states() if isinstance(value, Value) and value.layer is not None else []
        if len(names) != 1 + len(readers) or not all(isinstance(name, ast.Name) for name in names):
            raise self.fail(f"there are {len(readers)} states behind this output to be named; see return_state")
        for name, found in zip(names, [value, *(State(value, reader) for reader in readers)], strict=True):
            self.variables[getattr(name, "id", "")] = found
        return value

    def loop(self, statement: ast.For, name: str) -> None:
        """Follows a loop turn by turn."""
        items = self.repetitions(statement.iter)
        notes = self.comments.notes(statement.lineno, statement.col_offset)
        loop = Loop(unquoted(notes["group"]) if "group" in notes else None, notes.get("title"))
        self.loops[-1].inside.append(loop)
        self.loops.append(loop)
        last = statement.end_lineno or statement.lineno
        while (comment := self.comments.lines.get(last + 1)) and comment.column > statement.col_offset:
            last += 1  # comments at its end are no statements
        for item in items:
            self.variables[name] = item
            made = len(self.draft.nodes)
            self.run(statement.body, statement.lineno, last + 1)
            loop.turns.append(range(made, len(self.draft.nodes)))
        self.loops.pop()

    def pass_over(self, first: int, last: int, column: int | None) -> None:
        """Adds the layers between two lines that a comment adds to the chain and says to take no part."""
        for line, text in self.comments.bypassed(first, last, column):
            match self.expression(text.rstrip().rstrip(","), line):
                case ast.Call(func=ast.Attribute(value=model, attr="add"), args=[layer]) if self.is_model(model):
                    self.draft.append(self.value(model), self.value(layer), bypass=True)
                case layer if isinstance(self.model, Chain):
                    self.draft.append(self.model, self.value(layer), bypass=True)
                case _:
                    self.line = line
                    raise self.fail("a bypassed layer stands in a Sequential, or behind what it passes on")
            self.draft.note(self.comments.notes(line, self.comments.lines[line].column))

    def bypassed(self, statement: ast.stmt, value: Any) -> Any:
        """The output of the layer that a comment behind a statement says to take no part; else the value."""
        line = statement.end_lineno or statement.lineno
        comment = self.comments.behind(line)
        if not isinstance(value, Value) or comment is None or comment.said[0] != "bypass":
            return value
        made = self.value(self.expression(comment.said[1], line))
        return Value(self.draft.connect(made, value, bypass=True).node)

    def expression(self, text: str, line: int) -> ast.expr:
        """The expression that a comment holds. CodeError where it holds none."""
        try:
            found = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError):
            self.line = line
            raise self.fail(f"{text!r} is no layer; write the call that makes it behind bypass:") from None
        return ast.increment_lineno(found, line - 1).body

    def imports(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Notes what a class is called here."""
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                self.classes[alias.asname or alias.name] = alias.name

    def repetitions(self, node: ast.expr) -> list[Any]:
        """What a loop goes through: range(...) or a list."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            items: Any = counted([self.value(argument) for argument in node.args])
        else:
            items = self.value(node)
        if not isinstance(items, (range, list, tuple)) or len(items) > MAXIMUM_NODES:
            raise self.fail(f"a loop goes through range(...) or a list, of {MAXIMUM_NODES:,} at most")
        return list(items)

    def value(self, node: ast.expr) -> Any:
        """What an expression stands for: a number, a string, a list, a layer, or a node's output."""
        self.line = node.lineno
        match node:
            case ast.Constant(value=value):
                return value
            case ast.JoinedStr(values=parts):
                return "".join(self.piece(part) for part in parts)
            case ast.Tuple(elts=items):
                return tuple(self.value(item) for item in items)
            case ast.List(elts=items):
                return [self.value(item) for item in items]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.number(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return compute(OPERATORS[type(op)], self.number(left), self.number(right))
            case ast.Name(id=name):
                if name not in self.variables:
                    raise self.fail(f"{name!r} is not defined here{near_miss(name, self.variables)}")
                if isinstance(found := self.variables[name], State):
                    found = self.variables[name] = self.draft.connect(Made(found.reader), found.of)
                return found
            case ast.Call():
                return self.call(node)
        raise self.fail(f"{ast.unparse(node)!r} cannot be read here; write numbers, strings, layers and models")

    def piece(self, node: ast.expr) -> str:
        """A piece of an f-string: text, or a number or text in braces."""
        if isinstance(node, ast.FormattedValue) and node.conversion == -1 and node.format_spec is None:
            value = self.value(node.value)
        else:
            value = node.value if isinstance(node, ast.Constant) else None
        if not isinstance(value, (str, int)) or len(str(value)) > LONGEST_TEXT:
            raise self.fail(f"{ast.unparse(node)} cannot be read here; put numbers or names in an f-string")
        return str(value)

    def number(self, node: ast.expr) -> Any:
        """The number an expression stands for."""
        value = self.value(node)
        if not isinstance(value, (int, float)):
            raise self.fail(f"{ast.unparse(node)!r} is not a number")
        return value

    def call(self, node: ast.Call) -> Any:
        """What a call makes."""
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "add" and self.is_model(function.value):
            chain = self.value(function.value)
            return self.draft.append(chain, self.arguments(node)[0])
        if isinstance(function, ast.Call) or self.is_layer(function):
            made, reads = self.value(function), self.arguments(node)
            further = self.words(node).get(made.layer.further_inputs, ()) if isinstance(made, Made) else ()
            return self.draft.connect(made, [*reads, *further] if further else reads[0] if len(reads) == 1 else reads)
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        name = self.classes.get(name, name)
        if name in self.calls:
            return self.calls[name](node)
        return self.construct(name, node)

    def is_model(self, node: ast.expr) -> bool:
        """Whether an expression names a Sequential of the text."""
        return isinstance(node, ast.Name) and isinstance(self.variables.get(node.id), Chain)

    def is_layer(self, node: ast.expr) -> bool:
        """Whether an expression names a layer of the text."""
        return isinstance(node, ast.Name) and isinstance(self.variables.get(node.id), Made)

    def arguments(self, node: ast.Call, least: int = 1) -> list[Any]:
        """The positional arguments of a call."""
        if len(node.args) < least:
            raise self.fail(f"{ast.unparse(node.func)} takes {least} argument{'s' if least > 1 else ''} here")
        return [self.value(argument) for argument in node.args]

    def words(self, node: ast.Call) -> dict[str, Any]:
        """The named arguments of a call."""
        if any(word.arg is None for word in node.keywords):
            raise self.fail("**arguments cannot be read here; write them out")
        return {str(word.arg): self.value(word.value) for word in node.keywords}

    def construct(self, name: str, node: ast.Call) -> Made | str:
        """A layer; or the text of a call of another declared class, which stands for it."""
        from kit.constraints import CONSTRAINTS
        from kit.optimizers import OPTIMIZERS
        from kit.regularizers import REGULARIZERS
        from kit.schedules import SCHEDULES

        spoken: dict[str, Callable[..., Any]] = {
            **REGULARIZERS,
            **CONSTRAINTS,
            **SCHEDULES,
            **{cls.__name__: cls for cls in OPTIMIZERS.values()},
        }
        arguments = [self.inside(value) for value in self.arguments(node, least=0)]
        words = {word: self.inside(value) for word, value in self.words(node).items()}
        line = node.lineno
        try:
            if name in spoken:
                return repr(spoken[name](*arguments, **words))
            return Made(layer_class(CLASS_SYNONYMS.get(name, name))(*arguments, **words))
        except (TypeError, ValueError) as error:
            raise CodeError(str(error), line) from None

    def inside(self, value: Any) -> Any:
        """An argument of a layer: the layer itself, where the text makes one to go inside."""
        if isinstance(value, Made) and value.node is not None:
            raise self.fail("a layer that is called cannot go inside another too; make a second one")
        return value.layer if isinstance(value, Made) else value

    def input(self, node: ast.Call) -> Value:
        """Input(shape)."""
        from kit.symbols import Input

        words = self.words(node)
        try:
            symbol = Input(*self.arguments(node, least=0), **words)
        except (TypeError, ValueError) as error:
            raise self.fail(str(error)) from None
        return Value(self.draft.place(INPUT, {"shape": list(symbol.shape)}, symbol.name))

    def merger(self, node: ast.Call) -> Value:
        """add([a, b]), concatenate([a, b])."""
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        inputs, *settings = self.arguments(node)
        try:
            made = Made(layer_class(MERGERS[self.classes.get(name, name)])(*settings, **self.words(node)))
        except (TypeError, ValueError) as error:
            raise self.fail(str(error)) from None
        return self.draft.connect(made, inputs)

    def sequential(self, node: ast.Call) -> Chain:
        """Sequential() or Sequential([...])."""
        if self.model is not None:
            raise self.fail("there is a second model here; keep one")
        self.model = chain = Chain()
        given = [*node.args, *(word.value for word in node.keywords if word.arg == "layers")]
        if len(given) > 1 or len(given) < len(node.args) + len(node.keywords):
            raise self.fail("Sequential takes one list of layers")
        if given and isinstance(given[0], (ast.List, ast.Tuple)):
            self.fill(chain, given[0], node.lineno)
        elif given:
            for layer in listed(self.value(given[0])):
                self.draft.append(chain, layer)
        return chain

    def fill(self, chain: Chain, items: ast.List | ast.Tuple, first: int) -> None:
        """Appends the layers of a list, and the bypassed ones between them, with what comments say of them."""
        end = items.end_lineno or items.lineno
        for i, item in enumerate(items.elts):
            self.pass_over(first, item.lineno, None)
            layer = self.value(item)
            self.draft.append(chain, layer)
            first = item.end_lineno or item.lineno
            after = items.elts[i + 1].lineno if i + 1 < len(items.elts) else end
            if item.lineno > items.lineno and self.draft.nodes:
                self.draft.note(self.comments.notes(item.lineno, item.col_offset, first if after > first else None))
        self.pass_over(first, end, None)

    def functional_model(self, node: ast.Call) -> Any:
        """Model(inputs, outputs)."""
        if self.model is not None:
            raise self.fail("there is a second model here; keep one")
        given = dict(zip(("inputs", "outputs"), self.arguments(node, least=0), strict=False)) | self.words(node)
        if "inputs" not in given or "outputs" not in given:
            raise self.fail("Model takes inputs and outputs")
        ends = given["outputs"] if isinstance(given["outputs"], (list, tuple)) else [given["outputs"]]
        if not all(isinstance(end, Value) for end in ends):
            raise self.fail("the outputs of a Model are outputs of layers")
        self.outputs = [end.node for end in ends]
        self.model = given
        return self.model


def listed(value: Any) -> list[Any]:
    """A list or tuple as a list, or a value alone as one."""
    return list(value) if isinstance(value, (list, tuple)) else [value]
