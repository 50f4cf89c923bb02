import { expect, test } from "vitest";
import type { LayerForm } from "../shared/types";
import { foundIn } from "./Palette";
import { match, ranked } from "./searching";

const form = (name: string, summary = "", usual: number | null = null, family = "core"): LayerForm => ({ name, family, summary, help: "", inputs: 1, fields: [], usual });
const LAYERS = [
  form("ActivationRegularization", "Adds a penalty"), form("ZeroPadding2D", "Puts zeros around"), form("Dense", "y = x W + b", 0), form("TimeDistributedDense", "a Dense at each time"),
  form("MaxPooling2D", "the largest", 7), form("GlobalMaxPooling2D", "the largest of all"), form("MaxPooling1D", "the largest", null), form("Add", "x + y + ...", 12, "merging"),
];
const names = (wanted: string, nodes: string[] = []) =>
  foundIn(LAYERS, wanted, { version: 1, edges: [], nodes: nodes.map((layer, index) => ({ id: String(index), layer })) }).map((each) => each.name);

test("a layer of that name is found before those whose description has the word", () => {
  expect(names("add")).toEqual(["Add", "ZeroPadding2D", "ActivationRegularization"]);
});

test("what begins so comes before what has it in the middle", () => {
  expect(names("dense")).toEqual(["Dense", "TimeDistributedDense"]);
  expect(names("max")).toEqual(["MaxPooling2D", "MaxPooling1D", "GlobalMaxPooling2D"]);
});

test("of two that match alike the one that the model has comes first, then the more usual", () => {
  expect(names("maxp")).toEqual(["MaxPooling2D", "MaxPooling1D", "GlobalMaxPooling2D"]);
  expect(names("maxp", ["MaxPooling1D"])).toEqual(["MaxPooling1D", "MaxPooling2D", "GlobalMaxPooling2D"]);
});

test("a part of a name counts from its capital letter, or its digit, on", () => {
  expect(match({ name: "GlobalMaxPooling2D" }, "poo")).toBe(2);
  expect(match({ name: "GlobalMaxPooling2D" }, "maxpool")).toBe(2);
  expect(match({ name: "GlobalMaxPooling2D" }, "2d")).toBe(2);
  expect(match({ name: "left branch" }, "branch")).toBe(2);
  expect(match({ name: "GlobalMaxPooling2D" }, "oling")).toBe(3);
});

test("every word must be found", () => {
  expect(names("pooling 1d")).toEqual(["MaxPooling1D"]);
  expect(names("pooling nowhere")).toEqual([]);
});

test("without a word everything stays as it stands", () => {
  expect(ranked(LAYERS, "  ", (each) => each)).toEqual(LAYERS);
});
