import { expect, test } from "vitest";
import type { GraphDocument } from "../shared/types";
import * as edits from "./document";
import { flowEdges, flowNodes, frameOf, type Look } from "./flow";
import { fragmentOf, paste } from "./fragment";
import { changeGroup, members, shownAs } from "./groups";
import { closeUp, tidy } from "./layout";
import { addNote, changeNote, removeNotes } from "./notes";
import type { Known } from "./session";

const grouped = (collapsed: boolean): GraphDocument => ({
  version: 1,
  nodes: ["a", "b", "c", "d"].map((id, index) => ({ id, layer: "Dense", config: {}, position: [236 * index, 0] })),
  edges: [{ source: "a", target: "b" }, { source: "b", target: "c" }, { source: "c", target: "d" }],
  groups: [{ id: "block", nodes: ["b", "c"], ...(collapsed && { collapsed }) }],
});
const known = (document: GraphDocument) =>
  ({ document, forms: new Map(), analysis: { nodes: {}, edges: [], parameters: 0, error: null } }) as unknown as Known;
const look: Look = {
  places: new Map(grouped(true).nodes.map((node) => [node.id, node.position!])), sizes: new Map(), selected: [], current: undefined, direction: "LR", refused: {},
};

test("a selected group means all in it", () => {
  expect(members(grouped(false), ["block", "d", "b"])).toEqual(["b", "c", "d"]);
});

test("a collapsed group is one node that has the wires of all in it", () => {
  const nodes = flowNodes(known(grouped(true)), look, []);
  expect(nodes.map((node) => [node.id, node.type])).toEqual([["block", "block"], ["a", "layer"], ["d", "layer"]]);
  expect(flowEdges(known(grouped(true)), [], look).map((wire) => `${wire.source}>${wire.target}`)).toEqual(["a>block", "block>d"]);
  expect(shownAs(grouped(true), "b")).toBe("block");
});

test("an open group is a frame around its layers", () => {
  const frame = flowNodes(known(grouped(false)), look, [])[0]!;
  const { at, size } = frameOf(["b", "c"], look.places, look.sizes);
  expect([frame.type, frame.position, frame.width]).toEqual(["frame", { x: at[0], y: at[1] }, size.width]);
  expect(at[0]).toBeLessThan(236);
  expect(at[0] + size.width).toBeGreaterThan(2 * 236 + 192);
});

test("only what has changed is drawn again", () => {
  const first = flowNodes(known(grouped(false)), look, []);
  const again = flowNodes(known(grouped(false)), { ...look, selected: ["a"] }, first);
  expect(again.filter((node, index) => node !== first[index]).map((node) => node.id)).toEqual(["a"]);
});

test("deleted layers leave their group, and an empty group goes", () => {
  const after = edits.removeNodes(grouped(false), ["b"]);
  expect(after.groups).toEqual([{ id: "block", nodes: ["c"] }]);
  expect("groups" in edits.removeNodes(after, ["c"])).toBe(false);
});

test("a layer put into a wire inside a group belongs to it, one put before it does not", () => {
  expect(edits.insertOnEdge(grouped(false), 1, "Dense", undefined).document.groups![0]!.nodes).toEqual(["b", "c", "dense_1"]);
  expect(edits.insertOnEdge(grouped(false), 0, "Dense", undefined).document.groups![0]!.nodes).toEqual(["b", "c"]);
});

test("a group is copied with its layers, under ids that are free", () => {
  const document = grouped(false);
  const after = paste(document, fragmentOf(document, ["b", "c"])).document;
  expect(after.groups![1]).toEqual({ id: "block_2", nodes: ["dense_1", "dense_2"] });
});

test("layers are pasted where they are asked for", () => {
  const document = grouped(false);
  const after = paste(document, fragmentOf(document, ["b", "c"]), [10, 500]).document;
  expect(after.nodes.slice(4).map((node) => node.position)).toEqual([[10, 500], [246, 500]]);
});

test("what follows a group closes up when it collapses and makes room when it opens", () => {
  const shut = closeUp(grouped(true), "block", true, "LR", new Map());
  expect(shut.nodes.map((node) => node.position![0])).toEqual([0, 236, 472, 708 - 236]);
  expect(closeUp(shut, "block", false, "LR", new Map()).nodes).toEqual(grouped(true).nodes);
});

test("tidy keeps what is in a collapsed group together, and the open group's layers in a row", () => {
  const shut = tidy(grouped(true), "LR", new Map());
  expect(shut.get("c")![0] - shut.get("b")![0]).toBe(236);
  expect(shut.get("d")![0]).toBeGreaterThan(shut.get("b")![0] + 192);
  const open = tidy(grouped(false), "LR", new Map());
  expect([...open.values()].map(([x]) => x)).toEqual([...open.values()].map(([x]) => x).sort((a, b) => a - b));
});

test("an empty name is taken away", () => {
  const named = changeGroup(grouped(false), "block", { title: "Encoder" });
  expect(named.groups![0]).toEqual({ id: "block", nodes: ["b", "c"], title: "Encoder" });
  expect(changeGroup(named, "block", { title: "" }).groups![0]).toEqual({ id: "block", nodes: ["b", "c"] });
});

test("notes are added under free ids, changed and removed; the last takes the list with it", () => {
  const first = addNote(edits.EMPTY, [1, 2]);
  const second = addNote(first.document, [3, 4]);
  expect([first.id, second.id]).toEqual(["note_1", "note_2"]);
  expect(changeNote(second.document, "note_2", { text: "why" }).notes![1]!.text).toBe("why");
  expect("notes" in removeNotes(second.document, ["note_1", "note_2"])).toBe(false);
});
