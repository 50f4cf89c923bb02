// A chart with its legend; the legend tells the values under the pointer, else the latest.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { figure } from "../shared/format";
import { useDark } from "../shared/theme";
import { valueAt } from "./best";
import { COLOURS, createChart, VAL_COLOURS, type Chart, type Zoom } from "./chart";
import type { MonitorSession } from "./session";

interface Props {
  session: MonitorSession;
  title: string;
  names: string[];
  wanted: "lowest" | "highest";
  log: boolean;
  smoothing: number;
  parent: string | null;
}

const HEIGHT = 220;

export function ChartView({ session, title, names, wanted, log, smoothing, parent }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<Chart | null>(null);
  const zoom = useRef<Zoom>({ range: null });
  const [at, setAt] = useState<number | null>(null);
  const [, setTick] = useState(0);
  const dark = useDark();
  const key = names.join("\n");

  useLayoutEffect(() => {
    const node = box.current;
    if (node === null) return;
    const plan = { names: key.split("\n"), wanted, log, smoothing, parent };
    const made = createChart(node, session.curves, plan, zoom.current, { width: Math.max(120, node.clientWidth), height: HEIGHT }, setAt);
    chart.current = made;
    const watcher = new ResizeObserver(() => made.resize(Math.max(120, node.clientWidth), HEIGHT));
    watcher.observe(node);
    return () => {
      watcher.disconnect();
      made.destroy();
      chart.current = null;
    };
  }, [session, key, wanted, log, smoothing, parent, dark]);

  useEffect(() => session.onCurves(() => {
    chart.current?.update();
    setTick((tick) => tick + 1);
  }), [session]);

  const told = (name: string) => {
    const series = session.curves.series.get(name);
    if (series === undefined || series.count === 0) return null;
    return figure(at === null ? series.y[series.count - 1] : valueAt(series, at), 4);
  };
  return (
    <figure className="hb-chart" aria-label={`${title} over steps`}>
      <figcaption>
        <span className="hb-chart-title">{title}</span>
        {names.flatMap((name, index) => [[name, COLOURS[index % COLOURS.length]], [`val_${name}`, VAL_COLOURS[index % VAL_COLOURS.length]]])
          .map(([name, paint]) => {
            const value = told(name!);
            return value !== null && (
              <span key={name} className="hb-legend">
                <i style={{ background: `var(${paint})` }} />
                {name} <b className="hb-figures">{value}</b>
              </span>
            );
          })}
        {parent !== null && session.curves.parent.size > 0 && (
          <span className="hb-legend" data-testid="parent-curve"><i style={{ background: "var(--hb-behind)" }} />{parent}, which it branched from</span>
        )}
        {at !== null && <span className="hb-legend hb-figures">step {Math.max(1, Math.round(at)).toLocaleString("en-US")}</span>}
      </figcaption>
      <div className="hb-plot" ref={box} />
    </figure>
  );
}
