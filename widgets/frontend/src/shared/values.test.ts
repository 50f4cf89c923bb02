import { expect, test } from "vitest";
import { count, duration, figure, passage, tickLabels } from "./format";
import type { FieldForm } from "./types";
import { numberIn, parse, show } from "./values";

const form = (more: Partial<FieldForm>): FieldForm => ({
  name: "units", control: "integer", required: true, default: null, minimum: null, maximum: null, choices: null, help: "", advanced: false, ...more,
});

test("whole numbers are whole and within their bounds", () => {
  expect(parse(form({ minimum: 1 }), "12")).toEqual({ ok: true, value: 12 });
  expect(parse(form({ minimum: 1 }), "0")).toEqual({ ok: false, reason: "units is at least 1" });
  expect(parse(form({}), "1.5").ok).toBe(false);
  expect(parse(form({}), "twelve").ok).toBe(false);
});

test("a comma parts thousands where it stands so, and else the decimals", () => {
  expect(["1,000", "100,000", "-1,234,567.5", " 12,345 "].map(numberIn)).toEqual([1000, 100000, -1234567.5, 12345]);
  expect(["0,5", "0,125", "1,5", "-2,25", "1000,5"].map(numberIn)).toEqual([0.5, 0.125, 1.5, -2.25, 1000.5]);
  expect(["", " ", "abc", "1,00,000", "1,000,5", "1,5.5"].map(numberIn)).toEqual(Array(6).fill(NaN));
  expect(parse(form({}), "1,000")).toEqual({ ok: true, value: 1000 });
  expect(parse(form({ control: "fraction" }), "0,5")).toEqual({ ok: true, value: 0.5 });
});

test("an empty field is its default, unless it is required", () => {
  expect(parse(form({ required: false }), " ")).toEqual({ ok: true, value: null });
  expect(parse(form({ required: false, default: 3 }), "")).toEqual({ ok: true, value: 3 });
  expect(parse(form({}), "").ok).toBe(false);
  expect(parse(form({ control: "text" }), "")).toEqual({ ok: true, value: "" });
});

test("a fraction lies from 0 to 1", () => {
  expect(parse(form({ control: "fraction" }), "0.25")).toEqual({ ok: true, value: 0.25 });
  expect(parse(form({ control: "fraction" }), "1.1").ok).toBe(false);
});

test("sizes are typed as 3, 3 or 3x3, and one stands for itself", () => {
  const sizes = form({ control: "sizes", minimum: 1 });
  expect(parse(sizes, "3, 3")).toEqual({ ok: true, value: [3, 3] });
  expect(parse(sizes, "(1, 8, 8)")).toEqual({ ok: true, value: [1, 8, 8] });
  expect(parse(sizes, "3x5")).toEqual({ ok: true, value: [3, 5] });
  expect(parse(sizes, "3")).toEqual({ ok: true, value: 3 });
  expect(parse(sizes, "64,")).toEqual({ ok: true, value: [64] });
  expect(parse(sizes, "3, 0").ok).toBe(false);
  expect(parse(sizes, "a, b").ok).toBe(false);
});

test("values are shown as they are typed", () => {
  expect(show([3, 3])).toBe("3, 3");
  expect(show(null)).toBe("");
  expect(show("relu")).toBe("relu");
  expect(show({ layer: "LSTM", config: { units: 8, return_sequences: true, activation: "relu" } })).toBe(
    'LSTM(units=8, return_sequences=True, activation="relu")',
  );
});

test("figures have few digits, counts have commas, durations have units", () => {
  expect(figure(0.123456)).toBe("0.1235");
  expect(figure(1e-7)).toBe("1e-7");
  expect(figure(-2.5)).toBe("−2.5");
  expect(figure(100)).toBe("100");
  expect(figure(null)).toBe("–");
  expect(figure(NaN)).toBe("NaN");
  expect(count(1234567)).toBe("1,234,567");
  expect(duration(0.42)).toBe("0.4 s");
  expect(duration(65)).toBe("1 min 05 s");
  expect(duration(7620)).toBe("2 h 07 min");
});

test("the labels of an axis have the digits of its step, and exponents where it is huge", () => {
  expect(tickLabels([0, 0.5, 1])).toEqual(["0", "0.5", "1"]);
  expect(tickLabels([0.692, 0.6925, 0.693, 0.6935])).toEqual(["0.692", "0.6925", "0.693", "0.6935"]);
  expect(tickLabels([-0.69312, -0.69311])).toEqual(["−0.69312", "−0.69311"]);
  expect(tickLabels([0, 2.5e29, 5e29, 7.5e29, 1e30])).toEqual(["0", "2.5e29", "5e29", "7.5e29", "1e30"]);
  expect(tickLabels([1, null, 3])).toEqual(["1", "", "3"]);
  expect(tickLabels([])).toEqual([]);
});

test("a passage reads from what comes to what goes", () => {
  expect(passage([[1, 8, 8]], [64])).toBe("1×8×8 → 64");
  expect(passage([[4], [4]], [8])).toBe("4, 4 → 8");
  expect(passage([], [1, 8, 8])).toBe("1×8×8");
  expect(passage([null], null)).toBe("? → ?");
});
