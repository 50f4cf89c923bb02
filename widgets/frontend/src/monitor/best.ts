// The best point of a curve, and the range of what is in sight.
import type { Series } from "./series";

/** The index of the lowest (or highest) point; -1 where there is none. */
export function best(series: Series, wanted: "lowest" | "highest"): number {
  let found = -1;
  for (let i = 0; i < series.count; i += 1) {
    const value = series.y[i]!;
    if (Number.isNaN(value)) continue;
    const better = found < 0 || (wanted === "lowest" ? value < series.y[found]! : value > series.y[found]!);
    if (better) found = i;
  }
  return found;
}

/** Lowest and highest of the points with x from `from` to `to`; [Infinity, -Infinity] where there is none. */
export function extent(series: Series, from: number, to: number, above = -Infinity): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = firstFrom(series, from); i < series.count && series.x[i]! <= to; i += 1) {
    const value = series.y[i]!;
    if (value > above && value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** The first index with x at or after `from`; x grows. */
export function firstFrom(series: Series, from: number): number {
  let low = 0;
  let high = series.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (series.x[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value at or just before `x`; NaN before the first. */
export function valueAt(series: Series, x: number): number {
  const index = firstFrom(series, x + 0.5) - 1;
  return index < 0 ? NaN : series.y[index]!;
}
