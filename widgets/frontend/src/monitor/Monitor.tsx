// The monitor: a run's curves, its progress, its buttons.
import { useEffect, useRef, useState, type ReactNode } from "react";
import { Disconnected, WayBack } from "../shared/Disconnected";
import { Icon } from "../shared/Icon";
import { useStore } from "../shared/store";
import { useWidth } from "../shared/useWidth";
import { Changes } from "./Changes";
import { ChartView } from "./ChartView";
import { Failure } from "./Failure";
import { Progress } from "./Progress";
import { Steering } from "./Steering";
import { Telling } from "./Telling";
import { isWanted, type MonitorSession } from "./session";

const SIDE_BY_SIDE = 820; // pixels from which two charts stand beside each other

interface Props {
  session: MonitorSession;
  /** What stands in the place of the buttons where the training is shown from its file. */
  past?: ReactNode;
  /** Whether something above says that the kernel is gone. */
  told?: boolean;
}

export function Monitor({ session, past, told = false }: Props) {
  const watched = useStore(session.store);
  const { status, connected, refused, points, news } = watched;
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const [log, setLog] = useState(false);
  const [smoothing, setSmoothing] = useState(0.9);
  const metrics = useMetrics(session);
  const failure = status?.error ?? null;
  const parent = status?.parent?.run ?? null;
  return (
    <section
      className={width >= SIDE_BY_SIDE ? "hb-monitor hb-monitor-wide" : "hb-monitor"} ref={root} aria-label="Training monitor" data-testid="monitor"
      data-state={status?.state ?? "none"} data-points={points} data-connected={connected}
    >
      {!connected && !told && <Disconnected><WayBack file={status?.file ?? null} /></Disconnected>}
      <div aria-live="polite">
        {refused !== null && <p className="hb-note hb-note-error hb-message" data-testid="monitor-refused"><Icon name="warning" /><span>{refused}</span></p>}
        {news !== null && <p className="hb-note" data-testid="news"><strong>{news.title}</strong>{news.body !== "" && `: ${news.body}`}</p>}
      </div>
      {status === null ? (
        <p className="hb-empty">No run yet. Its curves appear here with the first batch.</p>
      ) : (
        <>
          <Progress status={status} />
          {past}
          {status.past === undefined && <Steering status={status} connected={connected} send={session.send} />}
          <Changes status={status} connected={connected} send={session.send} />
          <Telling session={session} status={status} wanted={isWanted(watched)} connected={connected} />
          {failure !== null && <Failure cause={failure} connected={connected} send={session.send} />}
          {failure === null && <NotANumber session={session} points={points} />}
          <div className="hb-charts">
            <ChartView session={session} title="loss" names={["loss"]} wanted="lowest" log={log} smoothing={smoothing} parent={parent} />
            {metrics.length > 0 && (
              <ChartView session={session} title={metrics.join(", ")} names={metrics} wanted="highest" log={false} smoothing={smoothing} parent={parent} />
            )}
          </div>
          <div className="hb-chart-tools">
            <label><input type="checkbox" className="hb-check" data-testid="log" checked={log} onChange={(event) => setLog(event.target.checked)} /> log loss</label>
            <label className="hb-smoothing">
              smoothing
              <input type="range" min={0} max={0.99} step={0.01} value={smoothing} aria-label="smoothing" data-testid="smoothing" onChange={(event) => setSmoothing(Number(event.target.value))} />
            </label>
            <span className="hb-quiet">drag to zoom, double-click for all</span>
          </div>
        </>
      )}
    </section>
  );
}

/** The names of the metrics beside the loss, as they turn up. */
function useMetrics(session: MonitorSession): string[] {
  const [names, setNames] = useState("");
  useEffect(() => {
    const look = () => {
      const found = [...session.curves.series.keys()].map((name) => name.replace(/^val_/, "")).filter((name) => name !== "loss");
      setNames([...new Set(found)].slice(0, 4).join("\n"));
    };
    look();
    return session.onCurves(look);
  }, [session]);
  return names === "" ? [] : names.split("\n");
}

function NotANumber({ session, points }: { session: MonitorSession; points: number }) {
  const loss = session.curves.series.get("loss");
  if (points === 0 || loss === undefined || loss.count === 0 || !Number.isNaN(loss.y[loss.count - 1]!)) return null;
  let first = loss.count - 1;
  while (first > 0 && Number.isNaN(loss.y[first - 1]!)) first -= 1;
  return (
    <p className="hb-note hb-note-warning hb-message" role="alert" data-testid="not-a-number">
      <Icon name="warning" />
      <span>The loss is not a number since step {loss.x[first]!.toLocaleString("en-US")}: try a smaller learning rate, and look for infinite or missing values in the data.</span>
    </p>
  );
}
