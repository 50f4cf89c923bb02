import { expect, test } from "vitest";
import { linesOf } from "./Sparkline";

test("a small curve goes from its first value at the left to its last at the right, the lowest at the bottom", () => {
  expect(linesOf([4, 2, 0])).toEqual(["2.0,2.0 44.0,11.0 86.0,20.0"]);
});

test("a gap breaks it, and too few values draw nothing", () => {
  expect(linesOf([1, 0, null, 0.5, 0.5])).toHaveLength(2);
  expect(linesOf([1])).toEqual([]);
  expect(linesOf([null, null])).toEqual([]);
  expect(linesOf([2, 2])).toEqual(["2.0,20.0 86.0,20.0"]);
});
