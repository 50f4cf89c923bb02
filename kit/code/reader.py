"""From Python text to the graph document of the model it makes. The text is parsed, never run."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kit.code.names import AutomaticNames
from kit.declared import plain
from kit.graph import CLASS_SYNONYMS, layer_class
from kit.layers.layer import Layer
from kit.names import near_miss
from kit.structure import INPUT, MAXIMUM_NODES, Document, sinks

OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
}
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
LARGEST = 2**62


class CodeError(ValueError):
    """Text that is no model; the message says why. line: where, from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


def from_code(text: str) -> Document:
    """The document of the model that a text makes, in either spelling. CodeError where it makes none."""
    return Reader().read(text)


@dataclass(eq=False)
class Made:
    """A layer that the text makes, and its node once it is called."""

    layer: Layer
    node: str | None = None


@dataclass(frozen=True)
class Value:
    """The output of a node, in the text."""

    node: str


@dataclass
class Chain:
    """A Sequential that the text fills."""

    last: str | None = None


class Reader:
    """Goes through the text statement by statement and notes nodes and edges."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}
        self.classes: dict[str, str] = {}
        self.nodes: list[dict[str, Any]] = []
        self.edges: list[dict[str, str]] = []
        self.outputs: list[str] | None = None
        self.model: Any = None
        self.names = AutomaticNames()
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
            self.run(ast.parse(text).body)
        except SyntaxError as error:
            raise CodeError(f"this is not Python: {error.msg}", error.lineno or 1) from None
        except (RecursionError, MemoryError):
            raise self.fail("the text is nested too deeply; write it in shorter steps") from None
        if self.model is None:
            raise CodeError(
                "there is no model here; make one with Sequential([...]) or Model(inputs, outputs)", self.line
            )
        document: Document = {"version": 1, "nodes": self.nodes, "edges": self.edges}
        if self.outputs is not None and self.outputs != sinks(document):
            document["outputs"] = self.outputs
        return document

    def fail(self, message: str) -> CodeError:
        """The error for the line at hand."""
        return CodeError(message, self.line)

    def run(self, statements: list[ast.stmt]) -> None:
        """Follows some statements."""
        for statement in statements:
            self.line = statement.lineno
            self.followed += 1
            if self.followed > 10 * MAXIMUM_NODES:
                raise self.fail("the loops are too long; repeat less")
            match statement:
                case ast.Import() | ast.ImportFrom():
                    self.imports(statement)
                case ast.Assign(value=ast.Call(func=ast.Attribute(attr=method))) if method in AFTERWARDS:
                    pass
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self.variables[name] = self.value(value)
                case ast.For(target=ast.Name(id=name), body=body, orelse=[]):
                    for item in self.repetitions(statement.iter):
                        self.variables[name] = item
                        self.run(body)
                case ast.Expr(value=ast.Constant()):
                    pass
                case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method)) as call) if method in AFTERWARDS:
                    self.line = call.lineno
                case ast.Expr(value=value):
                    self.value(value)
                case _:
                    raise self.fail("only imports, layers, models and simple loops can be read here")

    def imports(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Notes what a class is called here."""
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                self.classes[alias.asname or alias.name] = alias.name

    def repetitions(self, node: ast.expr) -> list[Any]:
        """What a loop goes through: range(...) or a list."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            bounds = [self.value(argument) for argument in node.args]
            if not all(isinstance(bound, int) for bound in bounds) or not 1 <= len(bounds) <= 3:
                raise self.fail("range takes one to three whole numbers")
            if 0 in bounds[2:] or any(abs(bound) > LARGEST for bound in bounds):
                raise self.fail("a loop goes through range(...) with a step, and no further than it can count")
            items: Any = range(*bounds)
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
            case ast.Tuple(elts=items):
                return tuple(self.value(item) for item in items)
            case ast.List(elts=items):
                return [self.value(item) for item in items]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self.number(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return self.compute(OPERATORS[type(op)], self.number(left), self.number(right))
            case ast.Name(id=name):
                if name not in self.variables:
                    raise self.fail(f"{name!r} is not defined here{near_miss(name, self.variables)}")
                return self.variables[name]
            case ast.Call():
                return self.call(node)
        raise self.fail(f"{ast.unparse(node)!r} cannot be read here; write numbers, strings, layers and models")

    def number(self, node: ast.expr) -> Any:
        """The number an expression stands for."""
        value = self.value(node)
        if not isinstance(value, (int, float)):
            raise self.fail(f"{ast.unparse(node)!r} is not a number")
        return value

    def compute(self, function: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
        """The result of arithmetic, within reason."""
        try:
            result = function(left, right)
        except (ZeroDivisionError, OverflowError) as error:
            raise self.fail(str(error)) from None
        if abs(result) > LARGEST:
            raise self.fail("the number is too large")
        return result

    def call(self, node: ast.Call) -> Any:
        """What a call makes."""
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "add" and self.is_model(function.value):
            chain = self.value(function.value)
            return self.append(chain, self.arguments(node)[0])
        if isinstance(function, ast.Call) or self.is_layer(function):
            reads = self.arguments(node)
            return self.connect(self.value(function), reads[0] if len(reads) == 1 else reads)
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
        """A layer; or the text of a regularizer's, constraint's or optimizer's call, which stands for it."""
        from kit.constraints import CONSTRAINTS
        from kit.optimizers import OPTIMIZERS
        from kit.regularizers import REGULARIZERS

        spoken: dict[str, Callable[..., Any]] = {
            **REGULARIZERS,
            **CONSTRAINTS,
            **{cls.__name__: cls for cls in OPTIMIZERS.values()},
        }
        arguments, words = self.arguments(node, least=0), self.words(node)
        line = node.lineno
        try:
            if name in spoken:
                return repr(spoken[name](*arguments, **words))
            return Made(layer_class(CLASS_SYNONYMS.get(name, name))(*arguments, **words))
        except (TypeError, ValueError) as error:
            raise CodeError(str(error), line) from None

    def place(self, kind: str, config: dict[str, Any], name: str | None, **more: Any) -> str:
        """Adds a node and gives its id."""
        name = name or self.names.next(kind)
        if name in self.names.taken:
            raise self.fail(f"two layers are called {name!r}; give each its own name")
        if len(self.nodes) >= MAXIMUM_NODES:
            raise self.fail(f"there are more than {MAXIMUM_NODES:,} layers")
        self.names.taken.add(name)
        self.nodes.append({"id": name, "layer": kind, "config": config, **more})
        return name

    def place_layer(self, made: Any) -> str:
        """Adds the node of a layer that is called; again, if it was called before."""
        if not isinstance(made, Made):
            raise self.fail(f"{made!r} is no layer")
        kind = type(made.layer).__name__
        if made.node is not None:
            again = next(
                f"{made.node}_again_{i}" for i in range(1, 10**9) if f"{made.node}_again_{i}" not in self.names.taken
            )
            return self.place(kind, {}, again, shared_with=made.node)
        config = {key: plain(value) for key, value in made.layer.settings().items() if key != "name"}
        made.node = self.place(kind, config, made.layer.name)
        return made.node

    def connect(self, made: Any, reads: Any) -> Value:
        """The output of a layer called on one value or a list of them."""
        values = list(reads) if isinstance(reads, (list, tuple)) else [reads]
        if not values or not all(isinstance(value, Value) for value in values):
            raise self.fail("a layer is called on inputs or on the outputs of other layers")
        node = self.place_layer(made)
        self.edges += [{"source": value.node, "target": node} for value in values]
        return Value(node)

    def input(self, node: ast.Call) -> Value:
        """Input(shape)."""
        from kit.symbols import Input

        words = self.words(node)
        try:
            symbol = Input(*self.arguments(node, least=0), **words)
        except (TypeError, ValueError) as error:
            raise self.fail(str(error)) from None
        return Value(self.place(INPUT, {"shape": list(symbol.shape)}, symbol.name))

    def merger(self, node: ast.Call) -> Value:
        """add([a, b]), concatenate([a, b])."""
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        inputs, *settings = self.arguments(node)
        try:
            made = Made(layer_class(MERGERS[self.classes.get(name, name)])(*settings, **self.words(node)))
        except (TypeError, ValueError) as error:
            raise self.fail(str(error)) from None
        return self.connect(made, inputs)

    def sequential(self, node: ast.Call) -> Chain:
        """Sequential() or Sequential([...])."""
        if self.model is not None:
            raise self.fail("there is a second model here; keep one")
        self.model = chain = Chain()
        given, words = self.arguments(node, least=0), self.words(node)
        if len(given) + len(words) > 1 or set(words) - {"layers"}:
            raise self.fail("Sequential takes one list of layers")
        for item in [*given, *words.values()]:
            for layer in item if isinstance(item, (list, tuple)) else [item]:
                self.append(chain, layer)
        return chain

    def append(self, chain: Chain, item: Any) -> None:
        """The next layer of a chain."""
        if isinstance(item, Value):
            if chain.last is not None:
                raise self.fail("Input(...) comes first in a Sequential")
            chain.last = item.node
            return
        last, chain.last = chain.last, self.place_layer(item)
        if last is not None:
            self.edges.append({"source": last, "target": chain.last})

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
