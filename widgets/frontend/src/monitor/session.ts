// The monitor's side of the talk with Python.
import type { Channel, Incoming } from "../channel";
import { createStore, type Store } from "../shared/store";
import type { PointsMessage, RunStatus } from "../shared/types";
import { remembered, ring } from "./bell";
import { isAlive, newsBetween, type News } from "./news";
import { noCurves, take, type Curves } from "./series";

export interface Watched {
  status: RunStatus | null;
  connected: boolean;
  refused: string | null;
  /** The loss points held, for who looks from outside. */
  points: number;
  /** Whether the reader of this view wants to be told; null before a choice. */
  wanted: boolean | null;
  /** News that the browser did not show. */
  news: News | null;
}

export interface MonitorSession {
  store: Store<Watched>;
  curves: Curves;
  /** Calls back when the curves have grown. */
  onCurves(listener: () => void): () => void;
  send(type: string, content?: Record<string, unknown>): void;
  /** Whether to tell when the run ends, fails or reaches its target. */
  want(on: boolean): void;
  close(): void;
}

/** Whether to tell: as this view says, else Python, else what was chosen last. */
export const isWanted = ({ wanted, status }: Watched): boolean => wanted ?? status?.notify ?? remembered() ?? false;

const PING = 3000; // milliseconds between two questions whether the kernel lives
const PATIENCE = 4; // unanswered ones before it counts as gone
const FRAME = 100; // milliseconds between two drawings, at least

export function openMonitor(channel: Channel, isCut: () => boolean, onLife: (listener: () => void) => () => void): MonitorSession {
  const store = createStore<Watched>({ status: null, connected: true, refused: null, points: 0, wanted: null, news: null });
  const curves = noCurves();
  const listeners = new Set<() => void>();
  let unanswered = 0;
  let asked = false; // for everything again
  let drawing: ReturnType<typeof setTimeout> | undefined;

  let ending = false; // by a button of this view

  const lose = () => store.get().connected && store.set({ connected: false });

  function hello() {
    asked = true;
    if (!channel.send("hello")) lose();
  }

  function ping() {
    if (isCut() || !channel.send("ping")) return lose();
    unanswered += 1;
    if (unanswered > PATIENCE) lose();
  }

  function draw() {
    drawing ??= setTimeout(() => {
      drawing = undefined;
      store.set({ points: curves.series.get("loss")?.count ?? 0 });
      for (const listener of listeners) listener();
    }, FRAME);
  }

  function receivePoints(message: PointsMessage, buffers: DataView[]) {
    if (message.reset) asked = false;
    if (take(curves, message, buffers)) draw();
    else if (!asked) hello();
  }

  function receiveStatus(status: RunStatus | null) {
    const told = newsBetween(store.get().status, status).filter((news) => !(ending && news.tag.endsWith("end")));
    store.set({ status });
    if (status !== null && !isAlive(status)) ending = false;
    if (!isWanted(store.get())) return;
    for (const news of told) if (!ring(news)) store.set({ news });
  }

  function receive(message: Incoming, buffers: DataView[]) {
    unanswered = 0;
    if (!store.get().connected) {
      store.set({ connected: true });
      if (message.type !== "points") hello(); // what was said meanwhile is missing
    }
    if (message.type === "status") receiveStatus(message.run as RunStatus | null);
    else if (message.type === "points") receivePoints(message as unknown as PointsMessage, buffers);
    else if (message.type === "refused") store.set({ refused: String(message.message) });
  }

  const silence = channel.listen(receive);
  const forget = onLife(ping);
  const timer = setInterval(() => document.visibilityState === "visible" && ping(), PING);
  hello();

  return {
    store,
    curves,
    onCurves(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send(type, content) {
      ending = type === "stop" || type === "abort";
      store.set({ refused: null });
      if (!channel.send(type, content)) lose();
    },
    want: (on) => store.set({ wanted: on, news: null }),
    close() {
      clearInterval(timer);
      clearTimeout(drawing);
      forget();
      silence();
    },
  };
}
