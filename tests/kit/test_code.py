"""Models as Python text: written to be read by people, read without being run."""

import re
from pathlib import Path

import pytest

from kit import Input, Model, Sequential
from kit.code import CodeError, folded, from_code, normal, to_code
from kit.graph import document, from_document
from kit.layers import Concatenate, Conv2D, Dense, Dropout, Flatten

README = (Path(__file__).parent / "data/keras-readme-2015.md").read_text()
BLOCKS = [block.replace("keras", "kit") for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL)]


def test_a_chain_is_written_as_a_person_would() -> None:
    model = Sequential(
        [Input((1, 8, 8)), Conv2D(8, 3, activation="relu"), Flatten(), Dropout(0.5), Dense(10, "softmax")]
    )
    assert model.to_code() == (
        "from kit.layers import Conv2D, Dense, Dropout, Flatten, Input\n"
        "from kit.models import Sequential\n"
        "\n"
        "model = Sequential([\n"
        "    Input((1, 8, 8)),\n"
        '    Conv2D(8, 3, activation="relu"),\n'
        "    Flatten(),\n"
        "    Dropout(0.5),\n"
        '    Dense(10, activation="softmax"),\n'
        "])\n"
    )


def test_an_input_of_one_axis_may_be_stated_as_a_number() -> None:
    made = document(Sequential([Input(20), Dense(3)]))
    made["nodes"][0]["config"]["shape"] = 20
    assert "Input((20,))" in to_code(made)


def test_a_layer_that_was_written_once_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    written = document(Sequential([Input(8), Dense(41), Dropout(0.41)]))
    text = to_code(written)
    monkeypatch.setattr("kit.code.layers.make_layer", None)
    assert to_code(written) == text


def test_a_graph_is_written_as_calls() -> None:
    a, b = Input(4), Input(3, name="extra")
    model = Model([a, b], Dense(2, name="head")(Concatenate()(a, b)))
    assert model.to_code() == (
        "from kit.layers import Concatenate, Dense, Input\n"
        "from kit.models import Model\n"
        "\n"
        "input_1 = Input((4,))\n"
        'extra = Input((3,), name="extra")\n'
        "concatenate_1 = Concatenate()([input_1, extra])\n"
        'head = Dense(2, name="head")(concatenate_1)\n'
        "model = Model([input_1, extra], head)\n"
    )


def test_a_repeated_group_is_a_loop() -> None:
    text = (
        "from kit.layers import Add, Dense, Input\n"
        "from kit.models import Model\n"
        "\n"
        "input_1 = Input((4,))\n"
        "add_1 = input_1\n"
        "# title: Residual block\n"
        "for _ in range(3):\n"
        '    dense_1 = Dense(4, activation="relu")(add_1)\n'
        "    add_1 = Add()([dense_1, add_1])\n"
        "dense_2 = Dense(2)(add_1)\n"
        "model = Model(input_1, dense_2)\n"
    )
    made = from_code(text)
    block = {"id": "block", "nodes": ["dense_1", "add_1"], "repeat": 3, "title": "Residual block"}
    assert (made["version"], made["groups"]) == (2, [block])
    assert [node["id"] for node in made["nodes"]] == ["input_1", "dense_1", "add_1", "dense_2"]
    assert to_code(made) == text


def test_a_repeated_group_of_a_chain_is_a_loop_of_add() -> None:
    text = (
        "from kit.layers import Dense, Dropout, Input\n"
        "from kit.models import Sequential\n"
        "\n"
        "model = Sequential()\n"
        "model.add(Input((4,)))\n"
        "for _ in range(3):\n"
        "    model.add(Dense(64))\n"
        "    model.add(Dropout(0.5))\n"
        "model.add(Dense(2))  # the head\n"
    )
    made = from_code(text)
    assert made["groups"] == [{"id": "block", "nodes": ["dense_1", "dropout_1"], "repeat": 3}]
    assert made["nodes"][-1] == {"id": "dense_2", "layer": "Dense", "config": {"units": 2}, "comment": "the head"}
    assert to_code(made) == text


def test_titles_comments_and_bypassed_layers_are_comments() -> None:
    text = (
        "from kit.layers import Dense, Dropout, Input\n"
        "from kit.models import Sequential\n"
        "\n"
        "model = Sequential([\n"
        "    Input((4,)),\n"
        "    # title: Encoder\n"
        "    # sees all\n"
        "    Dense(64),\n"
        "    # bypass: Dropout(0.5)\n"
        "    Dense(2),  # title: Head\n"
        "])\n"
    )
    made = from_code(text)
    assert [{**node, "config": {}} for node in made["nodes"][1:]] == [
        {"id": "dense_1", "layer": "Dense", "config": {}, "title": "Encoder", "comment": "sees all"},
        {"id": "dropout_1", "layer": "Dropout", "config": {}, "bypass": True},
        {"id": "dense_2", "layer": "Dense", "config": {}, "title": "Head"},
    ]
    assert to_code(made) == text


def test_a_bypassed_layer_of_a_graph_stands_behind_what_it_passes_on() -> None:
    text = "x = Input(4)\ny = x  # bypass: Dropout(0.5)\nz = add([y, x])\nmodel = Model(x, z)\n"
    made = from_code(text)
    assert made["nodes"][1] == {"id": "dropout_1", "layer": "Dropout", "config": {"rate": 0.5}, "bypass": True}
    assert [(edge["source"], edge["target"]) for edge in made["edges"]] == [
        ("input_1", "dropout_1"),
        ("dropout_1", "add_1"),
        ("input_1", "add_1"),
    ]
    assert "dropout_1 = input_1  # bypass: Dropout(0.5)\n" in to_code(made)


def test_a_model_of_repeated_groups_is_folded_again_by_its_names() -> None:
    text = (
        "model = Sequential()\nmodel.add(Input((4,)))\nfor _ in range(3):\n    model.add(Dense(4))\n"
        "    model.add(Dropout(0.5))\nmodel.add(Dense(2))\nfor _ in range(2):\n    model.add(Dense(2))\n"
    )
    made = from_code(text)
    written_out = document(from_document(made))
    assert len(written_out["nodes"]) == 10
    assert folded(written_out) == made
    assert list(from_document(folded(written_out)).module.layers) == list(from_document(made).module.layers)


def test_layers_that_only_look_like_copies_by_their_names_stay_apart() -> None:
    names = {"block_1_a": 4, "block_2_a": 5, "b_1_x": 4, "b_3_x": 4}
    layers = [Input(4), *(Dense(units, name=name) for name, units in names.items())]
    made = document(Sequential(layers))
    assert folded(made) == made


def test_places_notes_and_groups_for_the_eye_are_not_in_the_code_and_all_else_is() -> None:
    block = {"id": "block", "nodes": ["dense_1"], "repeat": 2, "title": "Twice"}
    made = {
        "version": 2,
        "nodes": [
            {"id": "dense_1", "layer": "Dense", "config": {"units": 4}, "position": [1, 2], "comment": "wide"},
            {"id": "input_1", "layer": "Input", "config": {"shape": [4]}, "position": [0, 0], "title": "Given"},
            {"id": "drop", "layer": "Dropout", "config": {"rate": 0.5}, "bypass": True},
        ],
        "edges": [{"source": "dense_1", "target": "drop"}, {"source": "input_1", "target": "dense_1"}],
        "groups": [{**block, "collapsed": True}, {"id": "eye", "nodes": ["drop"]}],
        "notes": [{"id": "note_1", "text": "hello"}],
    }
    kept = from_code(to_code(made))
    assert kept == normal(made)
    assert kept["nodes"] == [
        {"id": "input_1", "layer": "Input", "config": {"shape": [4]}, "title": "Given"},
        {"id": "dense_1", "layer": "Dense", "config": {"units": 4}, "comment": "wide"},
        {"id": "drop", "layer": "Dropout", "config": {"rate": 0.5}, "bypass": True},
    ]
    assert (kept["groups"], "notes" in kept) == ([block], False)


UNFOLDED = {
    "a number that grows": "for units in [3, 4]:\n    x = Dense(units)(x)",
    "one turn": "for _ in range(1):\n    x = Dense(3)(x)",
    "the same layer": "same = Dense(4)\nfor _ in range(3):\n    x = same(x)",
    "side by side": "for _ in range(3):\n    y = Dense(4)(x)\n    x = x",
    "names of one's own": "for i in range(3):\n    x = Dense(4, name=f'own{i}')(x)",
    "the middle is read outside": "for _ in range(2):\n    y = Dense(4)(x)\n    x = Dense(4)(y)\nx = add([x, y])",
    "all are read outside": "z = x\nfor _ in range(3):\n    x = Dense(4)(x)\n    z = add([z, x])",
}


@pytest.mark.parametrize("loop", UNFOLDED.values(), ids=UNFOLDED)
def test_a_loop_that_is_no_repeated_group_is_written_out(loop: str) -> None:
    made = from_code(f"a = Input(4)\nx = a\n{loop}\nmodel = Model(a, x)")
    assert "groups" not in made


def test_a_loop_in_a_loop_is_one_group() -> None:
    made = from_code(
        "model = Sequential([Input(4)])\nfor _ in range(2):\n    for _ in range(3):\n        model.add(Dense(4))"
    )
    assert [(group["nodes"], group["repeat"]) for group in made["groups"]] == [(["dense_1", "dense_2", "dense_3"], 2)]


def test_loops_inside_one_that_is_no_group_are_groups() -> None:
    made = from_code(
        "model = Sequential([Input(4)])\nfor units in [3, 5]:\n    for _ in range(3):\n        model.add(Dense(units))"
    )
    assert [(group["id"], group["nodes"]) for group in made["groups"]] == [
        ("block", ["dense_1"]),
        ("block2", ["dense_2"]),
    ]


SAME = {
    "add": "model = Sequential()\nmodel.add(Input(4))\nmodel.add(Dense(3))\nmodel.add(Dense(2))",
    "a list": "model = Sequential([Input(4), Dense(3), Dense(2)])",
    "by name": "model = Sequential(layers=[Input((4,)), Dense(units=3), Dense(output_dim=2)])",
    "a loop": "model = Sequential([Input(4)])\nfor units in [3, 2]:\n    model.add(Dense(units))",
    "arithmetic": "n = 2\nmodel = Sequential([Input(2 * n), Dense(n + 1), Dense(4 // 2)])",
    "a path": "import kit\nmodel = kit.models.Sequential([kit.Input(4), kit.layers.Dense(3), kit.layers.Dense(2)])",
    "another name": "from kit.layers import Dense as D\nmodel = Sequential([Input(4), D(3), D(2)])",
    "calls": "x = Input(4)\ny = Dense(3)(x)\ny = Dense(2)(y)\nmodel = Model(x, y)",
    "layers first": "a = Dense(3)\nb = Dense(2)\nx = Input(4)\nmodel = Model(inputs=x, outputs=b(a(x)))",
    "what follows": "model = Sequential([Input(4), Dense(3), Dense(2)])\nsgd = SGD(lr=0.1)\n"
                    "model.compile(loss='mse', optimizer=sgd)\nmodel.fit(X, Y)\nscore = model.evaluate(X, Y)",
    "a docstring": '"""My model."""\nmodel = Sequential([Input(4), Dense(3), Dense(2)])\nmodel.summary()',
}  # fmt: skip


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_one_model_written_in_many_ways_is_one_document(text: str) -> None:
    assert from_code(text) == document(Sequential([Input(4), Dense(3), Dense(2)]))


def test_both_orders_of_several_inputs_are_kept() -> None:
    text = "a = Input(2)\nb = Input(3)\nc = {}\nmodel = Model([a, b], c)"
    for call in ("Concatenate()(b, a)", "Concatenate()([b, a])", "concatenate([b, a])", "concatenate([b, a], -1)"):
        edges = from_code(text.format(call))["edges"]
        assert [e["source"] for e in edges] == ["input_2", "input_1"]


@pytest.mark.parametrize(
    "call", ["concatenate([a, b], 1)", "concatenate([a, b], axis=1)", "Concatenate(axis=1)([a, b])"]
)
def test_the_axis_of_a_concatenation_is_kept(call: str) -> None:
    made = from_code(f"a = Input((2, 3))\nb = Input((2, 3))\nmodel = Model([a, b], {call})")
    assert made["nodes"][2]["config"] == {"axis": 1}


@pytest.mark.parametrize("number", [0, 2])
def test_the_models_of_the_seed_s_readme_are_read_as_they_stand(number: int) -> None:
    made = from_code(BLOCKS[number])
    assert made["nodes"][-1]["layer"] == "Activation"
    assert len(made["edges"]) == len(made["nodes"]) - 1
    assert from_code(to_code(made)) == made


def test_the_second_mlp_of_the_readme_is_read_without_its_imports() -> None:
    assert [n["layer"] for n in from_code(BLOCKS[1])["nodes"]] == ["Dense", "Dropout", "Dense", "Dropout", "Dense"]


WRONG = [
    ("model = Sequential([\n    Dense(3),\n    Dense(0),\n])", 3, "Dense(units=0): units takes a whole number"),
    ("model = Sequential()\nmodel.add(Dens(3))", 2, "there is no layer 'Dens'; did you mean 'Dense'?"),
    ("model = Sequential()\nmodel.add(Dense(3, activaton='relu'))", 2, "did you mean 'activation'?"),
    ("x = Input(3)\ny = Dense(2)(z)\n", 2, "'z' is not defined here"),
    ("x = (\n", 1, "this is not Python"),
    ("\n\nx = 3 +* 4", 3, "this is not Python"),
    ("x = 3", 1, "there is no model here"),
    ("", 1, "there is no model here"),
    ("def f():\n    pass", 1, "only imports, layers, models and simple loops can be read here"),
    ("if True:\n    model = Sequential()", 1, "only imports"),
    ("while True:\n    pass", 1, "only imports"),
    ("import os\n\nos.system('true')", 3, "there is no layer 'system'"),
    ("x = open('/etc/passwd').read()", 1, ""),
    ("x = [i for i in range(3)]", 1, "cannot be read here"),
    ("x = lambda: 1", 1, "cannot be read here"),
    ("x = f'{1!r}'", 1, "cannot be read here"),
    ("x = f'{1.5}'", 1, "put numbers or names in an f-string"),
    ("x = f'{Dense(3)}'", 1, "put numbers or names in an f-string"),
    ("x = (1).__class__", 1, "cannot be read here"),
    ("x = 1 / 0", 1, "division by zero"),
    ("x = 10 ** 10", 1, "cannot be read here"),
    ("x = 4611686018427387904 * 4611686018427387904", 1, "the number is too large"),
    ("x = 'a' * 3", 1, "is not a number"),
    ("for i in range(100000000):\n    x = 1", 1, "a loop goes through"),
    (f"for i in range({10**30}):\n    x = 1", 1, "a loop goes through"),
    ("for i in range(1, 2, 0):\n    x = 1", 1, "range"),
    (
        "for i in range(9999):\n    for j in range(9999):\n        for k in range(9999):\n            x = 1",
        4,
        "too long",
    ),
    ("for i in 5:\n    x = 1", 1, "a loop goes through"),
    ("model = Sequential([Dense(3, name='a'), Dense(4, name='a')])", 1, "two layers are called 'a'"),
    ("model = Sequential()\nother = Sequential()", 2, "there is a second model here"),
    ("model = Sequential([Dense(3, **x)])", 1, "**arguments cannot be read here"),
    ("model = Sequential([Dense(*x)])", 1, "cannot be read here"),
    ("model = Sequential([Dense(3), Input(3)])", 1, "Input(...) comes first"),
    ("model = Sequential([3])", 1, "3 is no layer"),
    ("model = Sequential([Dense(3)], 4)", 1, "Sequential takes"),
    ("model = Sequential(layer=[Dense(3)])", 1, "Sequential"),
    ("model = Model(Input(3))", 1, "Model takes inputs and outputs"),
    ("a = Input(3)\nmodel = Model(a, Dense(3))", 2, "the outputs of a Model are outputs of layers"),
    ("a = Input(0)\n", 1, "Input(0): shape takes whole numbers of 1 or more"),
    ("a = Input(3)\nb = Dense(3)()", 2, "takes 1 argument"),
    ("a = Input(3)\nb = Input(3)\nc = add([a, b], foo=3)", 3, "Add has no argument 'foo'"),
    ("x = " + "-" * 5000 + "1", 1, "nested"),
    ("x = " + "1 + " * 5000 + "1", 1, "nested"),
    ("x = " + "(" * 500 + ")" * 500, 1, ""),
    ("x = '\0'", 1, "this is not Python"),
    ("model = Sequential([\n    Dense(3),\n    # bypass: Dense(0)\n])", 3, "Dense(units=0)"),
    ("model = Sequential([\n    Dense(3),\n    # bypass: ???\n])", 3, "'???' is no layer"),
    ("model = Sequential()\nmodel.add(Dense(3))\n# bypass: 4", 3, "4 is no layer"),
    ("x = Input(3)\ny = x  # bypass: Dens(3)", 2, "there is no layer 'Dens'"),
    ("x = Input(3)\n# bypass: Dense(3)\ny = Dense(3)(x)", 2, "a bypassed layer stands in a Sequential"),
]


@pytest.mark.parametrize(
    ("text", "line", "message"), WRONG, ids=[f"{i}-{text[:30]!r}" for i, (text, _, _) in enumerate(WRONG)]
)
def test_what_cannot_be_read_is_an_error_with_its_line(text: str, line: int, message: str) -> None:
    with pytest.raises(CodeError) as caught:
        from_code(text)
    assert message in str(caught.value)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"line {line}: ")


@pytest.mark.parametrize(
    "call",
    [
        "__import__('pathlib').Path({path!r}).touch()",
        "Dense(__import__('pathlib').Path({path!r}).touch())",
        "exec({path!r})",
        "open({path!r}, 'w')",
        "Dense(3, activation=open({path!r}, 'w'))",
        "Dense(3, kernel_regularizer=\"l2(open({path!r}, 'w'))\")",
        "Dense(3, activation=\"open({path!r}, 'w')\")",
    ],
)
def test_nothing_in_the_text_is_run(call: str, tmp_path: Path) -> None:
    path = tmp_path / "made"
    with pytest.raises(CodeError):
        from_code("model = Sequential([" + call.replace("{path!r}", repr(str(path)).replace('"', "'")) + "])")
    assert not path.exists()


NAMES = [
    'x"); raise SystemExit #',
    "a\nb",
    "back\\slash",
    "'",
    '"""',
    "None",
    "Dense",
    "Input",
    "Model",
    "model",
    "ünïcode",
    "1",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_no_name_breaks_the_code(name: str) -> None:
    """Names come from files and from the browser; the code must stay what it is."""
    made = {
        "version": 1,
        "nodes": [
            {"id": name, "layer": "Input", "config": {"shape": [3]}},
            {"id": name + "_", "layer": "Dense", "config": {"units": 3}},
            {"id": name + " ", "layer": "Dense", "config": {"units": 3}},
            {"id": "add_1", "layer": "Add", "config": {}},
        ],
        "edges": [
            {"source": name, "target": name + "_"}, {"source": name, "target": name + " "},
            {"source": name + "_", "target": "add_1"}, {"source": name + " ", "target": "add_1"},
        ],
    }  # fmt: skip
    text = to_code(made)
    assert from_code(text) == made
    names: dict = {}
    exec(text, names)
    assert document(names["model"]) == made
