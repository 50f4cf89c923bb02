// Numbers and shapes as people read them.
import type { Shape } from "./types";

const MINUS = "−";

/** 3 or 4 telling digits: 0.0123, 12.35, 1.2e-7. */
export function figure(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return "–";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : `${MINUS}∞`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4 ? value.toExponential(Math.max(0, digits - 2)) : value.toPrecision(digits);
  const [mantissa = "", exponent] = text.split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  const power = exponent === undefined ? "" : `e${exponent.replace("+", "")}`;
  return `${short}${power}`.replaceAll("-", MINUS).replace(`e${MINUS}`, "e-");
}

/** The labels of ticks at equal steps: as many digits as the step needs; none where there is no tick. */
export function tickLabels(ticks: (number | null)[]): string[] {
  const there = ticks.filter((tick) => tick !== null);
  const step = Math.min(...there.slice(1).map((tick, index) => Math.abs(tick - there[index]!)));
  const tells = (digits: number) => there.every((tick) => Math.abs(Number(figure(tick, digits).replaceAll(MINUS, "-")) - tick) <= step / 100);
  let digits = 3;
  while (digits < 15 && !tells(digits)) digits += 1;
  return ticks.map((tick) => (tick === null ? "" : figure(tick, digits)));
}

/** 12 345 as "12,345". */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : Math.round(value).toLocaleString("en-US");
}

/** Seconds as "0.4 s", "12 s", "3 min 05 s", "2 h 07 min". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const pad = (value: number) => String(value).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** A shape as "1 × 8 × 8", "?" where unknown. */
export function shape(value: Shape | undefined): string {
  if (value === null || value === undefined) return "?";
  return value.length === 0 ? "scalar" : value.map((size) => size ?? "?").join("×");
}

/** What goes in and comes out: "1×8×8 → 32×6×6". */
export function passage(inputs: Shape[] | undefined, output: Shape | undefined): string {
  const into = (inputs ?? []).map(shape).join(", ");
  return into === "" ? shape(output) : `${into} → ${shape(output)}`;
}

const SCALES: [number, string][] = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

/** A count in few letters: "650", "18.5k", "1.2M". */
export function brief(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const found = SCALES.find(([scale]) => value >= 0.9995 * scale && value >= 10_000);
  if (found === undefined) return Math.round(value).toLocaleString("en-US");
  const scaled = value / found[0];
  return `${scaled.toFixed(scaled < 99.95 ? 1 : 0)}${found[1]}`;
}

/** A name that may be broken before its capital letters: "Average|Pooling2D". */
export const breakable = (name: string) => name.replace(/([a-z])(?=[A-Z])/g, "$1\u200b");

/** Bytes as "12.4 kB", "3.1 MB", "1.2 GB". */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const units: [number, string][] = [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]];
  const [scale, unit] = units.find(([size]) => value >= size) ?? [1, "B"];
  return `${scale === 1 ? value : (value / scale).toFixed(value / scale < 9.95 ? 1 : 0)} ${unit}`;
}
