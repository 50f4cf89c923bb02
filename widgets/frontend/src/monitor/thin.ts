// Fewer points with the same picture: of each bucket its lowest and its highest.

/**
 * Indices to draw of y[from..to), at most about `most`: all where they are few, else per bucket the lowest and the
 * highest in the order they stand, with both ends. Gaps (NaN) are left out of a thinned curve unless a bucket is all gap.
 */
export function thin(y: ArrayLike<number>, from: number, to: number, most: number): Uint32Array {
  const count = Math.max(0, to - from);
  if (count <= most || most < 4) return Uint32Array.from({ length: count }, (_, i) => from + i);
  const buckets = Math.floor(most / 2);
  const kept = new Uint32Array(2 * buckets + 2);
  let size = 0;
  const keep = (index: number) => {
    if (size === 0 || kept[size - 1]! < index) kept[size++] = index;
  };
  keep(from);
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = from + Math.floor((bucket * count) / buckets);
    const end = from + Math.floor(((bucket + 1) * count) / buckets);
    let low = start;
    let high = start;
    for (let i = start; i < end; i += 1) {
      const value = y[i]!;
      if (value < y[low]! || Number.isNaN(y[low]!)) low = i;
      if (value > y[high]! || Number.isNaN(y[high]!)) high = i;
    }
    keep(Math.min(low, high));
    keep(Math.max(low, high));
  }
  keep(to - 1);
  return kept.subarray(0, size);
}
