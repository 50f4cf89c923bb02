"""The values of a text: what its expressions stand for, and the nodes that calls of layers make."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from kit.code.arithmetic import OPERATORS, compute
from kit.code.comments import Comments
from kit.code.draft import Chain, Draft, Made, State, Value
from kit.graph import CLASS_SYNONYMS, layer_class
from kit.names import near_miss
from kit.structure import INPUT, LONGEST_TEXT

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


class CodeError(ValueError):
    """Text that is no model; the message says why. line: where, from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


class Values:
    """What is known of a text so far, and what its expressions stand for.

    variables: by name. classes: what a class is called here. line: the one at hand, for errors.
    """

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}
        self.classes: dict[str, str] = {}
        self.draft = Draft()
        self.outputs: list[str] | None = None
        self.model: Any = None
        self.comments = Comments("")
        self.line = 1
        self.calls: dict[str, Callable[[ast.Call], Any]] = {
            "Sequential": self.sequential,
            "Model": self.functional_model,
            "Input": self.input,
            **dict.fromkeys(MERGERS, self.merger),
        }

    def fail(self, message: str) -> CodeError:
        """The error for the line at hand."""
        return CodeError(message, self.line)

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

    def expression(self, text: str, line: int) -> ast.expr:
        """The expression that a comment holds. CodeError where it holds none."""
        try:
            found = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError):
            self.line = line
            raise self.fail(f"{text!r} is no layer; write the call that makes it behind bypass:") from None
        return ast.increment_lineno(found, line - 1).body

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
