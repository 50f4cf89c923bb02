// A running mean that forgets: s = w s + (1 - w) y, corrected for its start; gaps are passed over.

export interface Smooth {
  weight: number;
  count: number;
  sum: number;
  mass: number;
  y: Float64Array;
}

export const createSmooth = (weight: number): Smooth => ({ weight, count: 0, sum: 0, mass: 0, y: new Float64Array(256) });

/** The weight for a wish from 0 to 1: the more points there are, the more of them make one visible wiggle. */
export function weightFor(wish: number, count: number): number {
  const scale = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, count) / 2048)));
  return wish === 0 ? 0 : 1 - (1 - wish) / scale;
}

/** Follows a curve to its present end. */
export function follow(smooth: Smooth, y: Float64Array, count: number): Smooth {
  if (count < smooth.count) return follow(createSmooth(smooth.weight), y, count);
  if (smooth.y.length < count) {
    const larger = new Float64Array(Math.max(count, 2 * smooth.y.length));
    larger.set(smooth.y);
    smooth.y = larger;
  }
  for (let i = smooth.count; i < count; i += 1) {
    const value = y[i]!;
    if (Number.isFinite(value)) {
      smooth.sum = smooth.weight * smooth.sum + (1 - smooth.weight) * value;
      smooth.mass = smooth.weight * smooth.mass + (1 - smooth.weight);
      smooth.y[i] = smooth.sum / smooth.mass;
    } else smooth.y[i] = NaN;
  }
  smooth.count = count;
  return smooth;
}
