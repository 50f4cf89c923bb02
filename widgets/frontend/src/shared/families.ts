// Each family of layers has a colour; the colours stand in style.css, for light and dark.
const KNOWN = new Set([
  "input", "core", "convolutional", "pooling", "normalization", "merging", "recurrent", "embeddings", "attention", "activations", "noise",
  "custom",
]);

export function familyColour(family: string | undefined): string {
  return `var(--hb-family-${family !== undefined && KNOWN.has(family) ? family : "other"})`;
}
