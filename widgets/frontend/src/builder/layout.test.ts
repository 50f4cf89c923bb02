import { expect, test } from "vitest";
import type { GraphDocument } from "../shared/types";
import { directionOf, makeRoom, placesOf, tidy } from "./layout";

const document: GraphDocument = {
  version: 1,
  nodes: ["a", "b", "c"].map((id) => ({ id, layer: "Dense", config: {} })),
  edges: [{ source: "a", target: "b" }, { source: "b", target: "c" }],
};

test("tidy runs from left to right or from top to bottom", () => {
  const across = tidy(document, "LR", new Map());
  expect(across.get("a")![0]).toBeLessThan(across.get("b")![0]);
  expect(across.get("a")![1]).toBe(across.get("b")![1]);
  const down = tidy(document, "TB", new Map());
  expect(down.get("b")![1]).toBeLessThan(down.get("c")![1]);
});

test("a node without a place stands beside the one it reads, and the others stay", () => {
  const some = { ...document, nodes: document.nodes.map((node) => (node.id === "a" ? { ...node, position: [5, 7] as [number, number] } : node)) };
  const places = placesOf(some, "LR", new Map());
  expect(places.get("a")).toEqual([5, 7]);
  expect(places.get("b")![0]).toBeGreaterThan(5);
});

test("a node put between two moves what follows it, and nothing else", () => {
  const at = { a: [0, 0], b: [236, 0], c: [236, 300] } as Record<string, [number, number]>;
  const between: GraphDocument = {
    version: 1,
    nodes: [...["a", "b", "c"].map((id) => ({ id, layer: "Dense", position: at[id]! })), { id: "new", layer: "Dense" }],
    edges: [{ source: "a", target: "new" }, { source: "new", target: "b" }, { source: "a", target: "c" }],
  };
  const after = Object.fromEntries(makeRoom(between, "new", "LR").nodes.map((node) => [node.id, node.position]));
  expect(after).toEqual({ a: [0, 0], new: [236, 0], b: [472, 0], c: [236, 300] });
});

test("a model taller than wide flows down", () => {
  const placed = (places: [number, number][]) => ({ ...document, nodes: document.nodes.map((node, i) => ({ ...node, position: places[i]! })) });
  expect(directionOf(placed([[0, 0], [0, 200], [10, 400]]))).toBe("TB");
  expect(directionOf(placed([[0, 0], [300, 20], [600, 0]]))).toBe("LR");
  expect(directionOf(document)).toBeNull();
});
