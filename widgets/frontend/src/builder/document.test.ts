import { describe, expect, test } from "vitest";
import type { GraphDocument, LayerForm } from "../shared/types";
import { chainOrder, insertRow, reorder, topological } from "./chain";
import * as edits from "./document";
import { fragmentOf, paste, readFragment } from "./fragment";

const field = (name: string, more = {}) => ({
  name, control: "integer" as const, required: false, default: null, minimum: 1, maximum: null, choices: null, help: "", advanced: false, ...more,
});
const dense: LayerForm = { name: "Dense", family: "core", summary: "", help: "", inputs: 1, fields: [field("units", { required: true })] };
const add: LayerForm = { ...dense, name: "Add", family: "merging", inputs: null, fields: [] };
const input: LayerForm = { ...dense, name: "Input", family: "input", inputs: 0, fields: [] };

const chain = (...ids: string[]): GraphDocument => ({
  version: 1,
  nodes: ids.map((id) => ({ id, layer: id === "input_1" ? "Input" : "Dense", config: {} })),
  edges: ids.slice(1).map((target, index) => ({ source: ids[index]!, target })),
});
const wires = (document: GraphDocument) => document.edges.map((edge) => `${edge.source}>${edge.target}`);

describe("adding", () => {
  test("a layer that stands by itself is put into a wire; the order of the inputs stays", () => {
    const start: GraphDocument = { ...chain("a", "b"), nodes: chain("a", "b", "c", "d").nodes, edges: [{ source: "a", target: "d" }, { source: "b", target: "d" }] };
    expect(edits.isLoose(start, "c", 1)).toBe(true);
    expect(wires(edits.splice(start, "c", 0))).toEqual(["a>c", "c>d", "b>d"]);
  });
  test("a layer that has a wire, and an entrance, are not put into another", () => {
    expect(edits.isLoose(chain("a", "b"), "b", 1)).toBe(false);
    expect(edits.isLoose(chain("a"), "a", 0)).toBe(false);
  });
  test("an id is the layer's name in lower case and the first free number", () => {
    expect(edits.newId(chain("input_1", "dense_1"), "Dense")).toBe("dense_2");
    expect(edits.newId(edits.EMPTY, "Conv2D")).toBe("conv2d_1");
  });
  test("a layer is appended to the last one", () => {
    const made = edits.append(chain("input_1", "dense_1"), "Dense", dense);
    expect(wires(made.document)).toEqual(["input_1>dense_1", "dense_1>dense_2"]);
    expect(made.document.nodes.at(-1)?.config).toEqual({ units: 64 });
  });
  test("a layer after one with a single reader stands between the two", () => {
    expect(wires(edits.append(chain("a", "b"), "Dense", dense, ["a"]).document)).toEqual(["a>dense_1", "dense_1>b"]);
  });
  test("a layer after one with several readers stands before all of them", () => {
    const forked: GraphDocument = { ...chain("a", "b", "c"), edges: [{ source: "a", target: "b" }, { source: "a", target: "c" }] };
    expect(wires(edits.append(forked, "Dense", dense, ["a"]).document)).toEqual(["a>dense_1", "dense_1>b", "dense_1>c"]);
  });
  test("a merging layer reads all that are selected", () => {
    const branches: GraphDocument = { ...chain("a"), nodes: chain("a", "b", "c").nodes, edges: [{ source: "a", target: "b" }, { source: "a", target: "c" }] };
    expect(wires(edits.append(branches, "Add", add, ["b", "c"]).document)).toEqual(["a>b", "a>c", "b>add_1", "c>add_1"]);
  });
  test("a layer after an output becomes the output", () => {
    expect(edits.append({ ...chain("a", "b"), outputs: ["b"] }, "Dense", dense, ["b"]).document.outputs).toEqual(["dense_1"]);
  });
  test("an Input goes before the chain", () => {
    expect(wires(edits.append(chain("a", "b"), "Input", input).document)).toEqual(["input_1>a", "a>b"]);
  });
  test("a layer dropped on a wire keeps the order of the target's inputs", () => {
    const two: GraphDocument = { ...chain("a", "b", "c"), edges: [{ source: "a", target: "c" }, { source: "b", target: "c" }] };
    expect(wires(edits.insertOnEdge(two, 0, "Dense", dense).document)).toEqual(["a>dense_1", "dense_1>c", "b>c"]);
  });
});

describe("deleting", () => {
  test("closes the gap", () => {
    expect(wires(edits.removeNodes(chain("a", "b", "c", "d"), ["b", "c"]))).toEqual(["a>d"]);
  });
  test("leaves no bridge where there were two inputs", () => {
    const two: GraphDocument = { ...chain("a", "b", "c", "d"), edges: [{ source: "a", target: "c" }, { source: "b", target: "c" }, { source: "c", target: "d" }] };
    expect(wires(edits.removeNodes(two, ["c"]))).toEqual([]);
  });
  test("drops the node from the outputs, and the outputs where none is left", () => {
    expect(edits.removeNodes({ ...chain("a", "b"), outputs: ["a", "b"] }, ["b"]).outputs).toEqual(["a"]);
    expect("outputs" in edits.removeNodes({ ...chain("a", "b"), outputs: ["b"] }, ["b"])).toBe(false);
  });
  test("gives the config to the first that shared it, and the others share with that one", () => {
    const document = chain("a", "b", "c", "d");
    document.nodes[1]!.config = { units: 7 };
    document.nodes[2]!.shared_with = "b";
    document.nodes[3]!.shared_with = "b";
    const after = edits.removeNodes(document, ["b"]);
    expect(after.nodes[1]).toEqual({ id: "c", layer: "Dense", config: { units: 7 } });
    expect(after.nodes[2]?.shared_with).toBe("c");
  });
  test("keeps what the browser does not know", () => {
    const document = { ...chain("a", "b"), later: { x: 1 } };
    expect(edits.removeNodes(document, ["b"]).later).toEqual({ x: 1 });
  });
});

describe("connecting", () => {
  test("refuses a circle, with the reason", () => {
    expect(edits.connect(chain("a", "b", "c"), "c", "a", 1)).toEqual({ document: null, reason: "a wire from c to a would close a circle" });
  });
  test("puts the new wire in place of the old where one input is taken", () => {
    const document = { ...chain("a", "b"), nodes: chain("a", "b", "c").nodes };
    expect(wires(edits.connect(document, "c", "b", 1).document!)).toEqual(["c>b"]);
    expect(wires(edits.connect(document, "c", "b", null).document!)).toEqual(["a>b", "c>b"]);
  });
  test("refuses a wire into an entrance", () => {
    expect(edits.refusal(chain("a", "b"), "b", "a", 0)).toContain("entrance");
  });
  test("sets all inputs in order", () => {
    const document = { ...chain("a", "b", "c"), edges: [] };
    expect(wires(edits.setSources(document, "c", ["b", "a"], null).document!)).toEqual(["b>c", "a>c"]);
  });
});

describe("fields", () => {
  const rate = field("rate", { default: 0.5 });
  test("the default is left out of the config", () => {
    const set = edits.setField(chain("a"), "a", rate, 0.2);
    expect(set.nodes[0]?.config).toEqual({ rate: 0.2 });
    expect(edits.setField(set, "a", rate, 0.5).nodes[0]?.config).toEqual({});
  });
  test("a required field keeps its value and can be emptied", () => {
    const units = field("units", { required: true });
    const set = edits.setField(chain("a"), "a", units, 3);
    expect(set.nodes[0]?.config).toEqual({ units: 3 });
    expect(edits.setField(set, "a", units, undefined).nodes[0]?.config).toEqual({});
  });
  test("sharing empties the config and separating brings it back", () => {
    const document = chain("a", "b");
    document.nodes[0]!.config = { units: 5 };
    const shared = edits.share(document, "b", "a");
    expect(shared.nodes[1]).toMatchObject({ shared_with: "a", config: {} });
    expect(edits.share(shared, "b", null).nodes[1]).toEqual({ id: "b", layer: "Dense", config: { units: 5 } });
  });
});

describe("chains", () => {
  test("are known by their wires, whatever the order of the nodes", () => {
    const document = chain("a", "b", "c");
    expect(chainOrder({ ...document, nodes: [...document.nodes].reverse() })).toEqual(["a", "b", "c"]);
    expect(chainOrder({ ...document, edges: [{ source: "a", target: "b" }, { source: "a", target: "c" }] })).toBeNull();
    expect(chainOrder(edits.EMPTY)).toEqual([]);
  });
  test("two rings beside a node are no chain", () => {
    const document = { ...chain("a", "b", "c"), edges: [{ source: "b", target: "c" }, { source: "c", target: "b" }] };
    expect(chainOrder(document)).toBeNull();
  });
  test("reordering rewires and keeps the places", () => {
    const document = chain("a", "b", "c");
    document.nodes.forEach((node, index) => (node.position = [100 * index, 0]));
    const after = reorder(document, 2, 0)!;
    expect(wires(after)).toEqual(["c>a", "a>b"]);
    expect(after.nodes.map((node) => [node.id, node.position])).toEqual([["c", [0, 0]], ["a", [100, 0]], ["b", [200, 0]]]);
  });
  test("the Input stays at the start", () => {
    expect(reorder(chain("input_1", "b", "c"), 2, 0)).toBeNull();
    expect(reorder(chain("input_1", "b", "c"), 0, 1)).toBeNull();
  });
  test("a row is added where it is asked for", () => {
    expect(wires(insertRow(chain("a", "b"), 1, "Dense", dense)!.document)).toEqual(["a>dense_1", "dense_1>b"]);
    expect(wires(insertRow(edits.EMPTY, 0, "Dense", dense)!.document)).toEqual([]);
  });
  test("the order of a graph puts each node after those it reads", () => {
    const document: GraphDocument = { ...chain("d", "c", "b", "a"), edges: [{ source: "a", target: "b" }, { source: "b", target: "c" }, { source: "a", target: "d" }] };
    expect(topological(document)).toEqual(["a", "d", "b", "c"]);
  });
});

describe("fragments", () => {
  test("are pasted under new ids with the wires between them", () => {
    const document = chain("a", "b", "c");
    const after = paste(document, fragmentOf(document, ["b", "c"]));
    expect(after.ids).toEqual(["dense_1", "dense_2"]);
    expect(wires(after.document)).toEqual(["a>b", "b>c", "dense_1>dense_2"]);
  });
  test("carry the config that was shared with a node left out", () => {
    const document = chain("a", "b");
    document.nodes[0]!.config = { units: 9 };
    document.nodes[1]!.shared_with = "a";
    expect(fragmentOf(document, ["b"]).nodes[0]).toEqual({ id: "b", layer: "Dense", config: { units: 9 } });
  });
  test("are read from text, and other text is none", () => {
    expect(readFragment(JSON.stringify(fragmentOf(chain("a"), ["a"])))?.nodes).toHaveLength(1);
    expect(readFragment("x = 1")).toBeNull();
    expect(readFragment("null")).toBeNull();
  });
});
