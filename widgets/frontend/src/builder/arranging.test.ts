import { expect, test } from "vitest";
import { align, distribute } from "./align";
import { bow } from "./bow";
import type { Places, Size } from "./layout";
import { neighbour, opening } from "./viewport";

const size = (): Size => ({ width: 100, height: 50 });
const places: Places = new Map([["a", [0, 0]], ["b", [150, 40]], ["c", [500, 10]]]);

test("nodes are put on the line of the outermost edge, or halfway", () => {
  expect(Object.fromEntries(align(["a", "b"], "top", places, size))).toEqual({ a: [0, 0], b: [150, 0] });
  expect(Object.fromEntries(align(["a", "b"], "right", places, size))).toEqual({ a: [150, 0], b: [150, 40] });
  expect(Object.fromEntries(align(["a", "b"], "middle", places, size))).toEqual({ a: [0, 20], b: [150, 20] });
});

test("distributed nodes have equal gaps and the outer two stay", () => {
  expect(Object.fromEntries(distribute(["a", "b", "c"], 0, places, size))).toEqual({ a: [0, 0], b: [250, 40], c: [500, 10] });
  expect(distribute(["a", "b"], 0, places, size).size).toBe(0);
});

test("a short model is shown whole and in the middle, a long one from its start", () => {
  const whole = opening({ x: 0, y: 0, width: 400, height: 100 }, { width: 800, height: 400 }, "LR");
  expect(whole).toEqual({ x: 200, y: 150, zoom: 1 });
  const long = opening({ x: 100, y: 0, width: 8000, height: 100 }, { width: 800, height: 400 }, "LR");
  expect(long.zoom).toBe(0.75);
  expect(long.x).toBe(24 - 75);
  expect(long.y).toBeCloseTo(200 - 37.5);
});

test("an arrow key leads to the nearest node that way", () => {
  expect(neighbour("a", [1, 0], places)).toBe("b");
  expect(neighbour("b", [-1, 0], places)).toBe("a");
  expect(neighbour("a", [-1, 0], places)).toBeNull();
  expect(neighbour("gone", [1, 0], places)).toBeNull();
});

test("a wire bows around a node in its way, on the nearer side, and goes straight where the way is free", () => {
  const box = (x: number, y: number) => ({ at: [x, y] as [number, number], size: { width: 100, height: 100 } });
  expect(bow(box(0, 0), box(400, 0), [box(200, -20)], "LR")).toBe(102);
  expect(bow(box(0, 0), box(400, 0), [box(200, 20)], "LR")).toBe(-2);
  expect(bow(box(0, 0), box(400, 0), [box(200, 300)], "LR")).toBeNull();
  expect(bow(box(0, 0), box(120, 0), [box(50, 0)], "LR")).toBeNull();
});
