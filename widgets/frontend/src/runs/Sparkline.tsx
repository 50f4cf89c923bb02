// A small curve, to tell one run from another at a glance.
interface Props {
  values: (number | null)[];
  label: string;
}

const WIDTH = 88;
const HEIGHT = 22;

export function Sparkline({ values, label }: Props) {
  const lines = linesOf(values);
  if (lines.length === 0) return <span className="hb-spark" />;
  return (
    <svg className="hb-spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      {lines.map((line, index) => <polyline key={index} points={line} />)}
    </svg>
  );
}

/** The points of the curve between its lowest and highest; a gap begins another line. Nothing for fewer than two points. */
export function linesOf(values: (number | null)[]): string[] {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return [];
  const low = Math.min(...known);
  const range = Math.max(...known) - low || 1;
  const place = (value: number, index: number) =>
    `${((index * (WIDTH - 4)) / (values.length - 1) + 2).toFixed(1)},${(HEIGHT - 2 - ((value - low) * (HEIGHT - 4)) / range).toFixed(1)}`;
  const lines: string[][] = [[]];
  values.forEach((value, index) => {
    if (value === null) lines.push([]);
    else lines.at(-1)!.push(place(value, index));
  });
  return lines.filter((line) => line.length > 1).map((line) => line.join(" "));
}
