import { expect, test } from "vitest";
import type { LayerForm } from "../shared/types";
import { COMMANDS } from "./commands";
import { isKey, spoken, type Press } from "./keys";
import { search } from "./Picker";
import { layerChoices } from "./pickers";
import { indentAfter, pieces } from "./python";

const press = (key: string, more: Partial<Press> = {}): Press => ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });
const form = (name: string): LayerForm => ({ name, family: "core", summary: "", help: "", inputs: 1, fields: [] });

test("keys are known by their names, signs wherever they lie", () => {
  expect(isKey(press("z", { ctrlKey: true }), "Mod+Z")).toBe(true);
  expect(isKey(press("Z", { metaKey: true, shiftKey: true }), "Mod+Shift+Z")).toBe(true);
  expect(isKey(press("Z", { ctrlKey: true, shiftKey: true }), "Mod+Z")).toBe(false);
  expect(isKey(press("?", { shiftKey: true }), "?")).toBe(true);
  expect(isKey(press("+"), "+")).toBe(true);
  expect(isKey(press("n", { altKey: true }), "N")).toBe(false);
});

test("keys are shown as the machine's keyboard has them", () => {
  expect(spoken("Mod+Shift+Z", false)).toBe("Ctrl Shift Z");
  expect(spoken("Mod+Shift+Z", true)).toBe("⌘ ⇧ Z");
  expect(spoken("+", false)).toBe("+");
});

test("no key belongs to two commands", () => {
  const keys = COMMANDS.flatMap((each) => each.keys ?? []);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test("layers that fit stand first, likeliest first, and the others say why not", () => {
  const forms = ["A", "B", "C", "D"].map(form);
  const suggested = [{ layer: "C", config: {}, output: [3] }, { layer: "A", config: {}, output: null }];
  const choices = layerChoices(forms, suggested, { D: "it wants time" });
  expect(choices.map((each) => each.id)).toEqual(["C", "A", "B", "D"]);
  expect(choices[0]).toMatchObject({ detail: "→ 3", heading: "likeliest" });
  expect(choices[3]).toMatchObject({ reason: "it wants time", heading: "do not fit here" });
});

test("a search puts first what begins so, and of those last what cannot be chosen", () => {
  const choices = [{ id: "1", title: "MaxoutDense" }, { id: "2", title: "Dense", reason: "no" }, { id: "3", title: "Dense2" }];
  expect(search(choices, "dense").map((each) => each.id)).toEqual(["3", "2", "1"]);
});

test("pieces of Python are told apart, and joined they are the text again", () => {
  const text = 'for x in "a b":  # why\n    Dense(64.5)\n\'open';
  const found = pieces(text);
  expect(found.map(([, piece]) => piece).join("")).toBe(text);
  expect(found.filter(([kind]) => kind !== "plain")).toEqual([
    ["word", "for"], ["word", "in"], ["string", '"a b"'], ["comment", "# why"], ["call", "Dense"], ["number", "64.5"], ["string", "'open"],
  ]);
});

test("a line that opens something is followed by one farther in", () => {
  expect(indentAfter("    x = 1")).toBe("    ");
  expect(indentAfter("model = Sequential([")).toBe("    ");
});
