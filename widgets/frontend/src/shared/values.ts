// What a field holds, as text to edit, and back.
import type { FieldForm, Value } from "./types";

export type Parsed = { ok: true; value: Value } | { ok: false; reason: string };

const good = (value: Value): Parsed => ({ ok: true, value });
const bad = (reason: string): Parsed => ({ ok: false, reason });

/** A value as the text of its control. */
export function show(value: Value | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value === "object") return typeof value.layer === "string" ? call(value.layer, value.config) : JSON.stringify(value);
  return String(value);
}

/** A layer inside another, as the call that makes it: LSTM(units=64, activation="relu"). */
function call(layer: string, config: Value | undefined): string {
  const settings = config !== null && typeof config === "object" && !Array.isArray(config) ? Object.entries(config) : [];
  return `${layer}(${settings.map(([name, value]) => `${name}=${python(value)}`).join(", ")})`;
}

function python(value: Value): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `(${value.map(python).join(", ")}${value.length === 1 ? "," : ""})`;
  if (typeof value === "object") return typeof value.layer === "string" ? call(value.layer, value.config) : JSON.stringify(value);
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

/** The text of a control as a value; the reason where it is none. */
export function parse(form: FieldForm, text: string): Parsed {
  const trimmed = text.trim();
  if (trimmed === "") {
    if (form.control === "text") return good("");
    return form.required ? bad(`${form.name} is needed`) : good(form.default === null ? null : form.default);
  }
  if (form.control === "integer" || form.control === "number" || form.control === "fraction") return number(form, trimmed);
  return form.control === "sizes" ? sizes(form, trimmed) : good(form.control === "text" ? text : trimmed);
}

const GROUPED = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/; // "0,125" is none: no number is written with a thousand of zeros

/** A number as people type it: "1,000" as it is printed, "0,5" with a decimal comma; NaN where it is none. */
export function numberIn(text: string): number {
  const trimmed = text.trim();
  if (trimmed === "") return NaN;
  return Number(GROUPED.test(trimmed) ? trimmed.replaceAll(",", "") : trimmed.replace(",", "."));
}

function number(form: FieldForm, text: string): Parsed {
  const value = numberIn(text);
  if (!Number.isFinite(value)) return bad(`${form.name} is a number`);
  if (form.control === "integer" && !Number.isInteger(value)) return bad(`${form.name} is a whole number`);
  return within(form, value);
}

function within(form: FieldForm, value: number): Parsed {
  const fraction = form.control === "fraction";
  const minimum = form.minimum ?? (fraction ? 0 : null);
  const maximum = form.maximum ?? (fraction ? 1 : null);
  if (minimum !== null && value < minimum) return bad(`${form.name} is at least ${minimum}`);
  if (maximum !== null && value > maximum) return bad(`${form.name} is at most ${maximum}`);
  return good(value);
}

function sizes(form: FieldForm, text: string): Parsed {
  const parts = text.replace(/^[[(]|[\])]$/g, "").split(/[\s,×x]+/).filter((part) => part !== "");
  const numbers = parts.map(Number);
  if (numbers.length === 0 || !numbers.every(Number.isInteger)) return bad(`${form.name} holds whole numbers, such as 3, 3`);
  const wrong = numbers.map((value) => within(form, value)).find((each) => !each.ok);
  const single = numbers.length === 1 && !text.includes(",");
  return wrong ?? good(single ? numbers[0]! : numbers); // a single number may stand for a tuple of equal ones
}

export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
