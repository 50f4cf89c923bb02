import { expect, test } from "vitest";
import type { GraphDocument } from "../shared/types";
import { createPlacing, directionOf, makeRoom, placesOf, tidy } from "./layout";

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

test("a graph without places is laid out anew only where its layers, wires or sizes are others", () => {
  const placing = createPlacing();
  const asked = new Map<string, number>();
  const sizes = (width: number) => new Map(["a", "b", "c"].map((id) => [id, { width, height: 100 }]));
  const counted = (width: number) => {
    const real = sizes(width);
    return { get: (id: string) => (asked.set(id, (asked.get(id) ?? 0) + 1), real.get(id)) } as ReturnType<typeof sizes>;
  };
  const first = placing(document, "LR", counted(192));
  const before = asked.get("a")!;
  const edited = { ...document, nodes: document.nodes.map((node) => ({ ...node, config: { units: 7 } })) };
  expect(placing(edited, "LR", counted(192))).toEqual(first);
  expect(asked.get("a")).toBe(before + 1); // to see that it is the same; a layout asks again
  expect(placing(edited, "LR", counted(300)).get("b")![0]).toBeGreaterThan(first.get("b")![0]);
  expect(placing({ ...edited, edges: [] }, "LR", counted(300))).not.toEqual(first);
});
