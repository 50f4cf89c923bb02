// The widgets' door: anywidget calls `render` for every view.
import "@xyflow/react/dist/style.css";
import "uplot/dist/uPlot.min.css";
import "./style.css";
import "./styles/builder.css";
import "./styles/canvas.css";
import "./styles/code.css";
import "./styles/list.css";
import "./styles/monitor.css";
import "./styles/popover.css";
import "./styles/runs.css";
import "./styles/studio.css";
import type { ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { Builder } from "./builder/Builder";
import { openSession } from "./builder/session";
import { channel, type Model } from "./channel";
import { life } from "./life";
import { Monitor } from "./monitor/Monitor";
import { openMonitor } from "./monitor/session";
import { Runs } from "./runs/Runs";
import { openRuns } from "./runs/session";
import { keepKeysInside } from "./shared/keyboard";
import { useDark } from "./shared/theme";
import { Studio } from "./studio/Studio";
import { forgiving, openStudio } from "./studio/session";

interface Opened {
  view: ReactNode;
  close: () => void;
}

function open(model: Model, el: HTMLElement): Opened {
  const kind = model.get("kind");
  const line = life(model, el);
  const builder = () => openSession(channel(model, "builder"), line);
  const monitor = () => openMonitor(channel(model, "monitor"), line.isCut, line.onLife);
  if (kind === "builder") {
    const session = builder();
    return { view: <Builder session={session} />, close: session.close };
  }
  if (kind === "monitor") {
    const session = monitor();
    return { view: <Monitor session={session} />, close: session.close };
  }
  if (kind === "runs") {
    const parts = { runs: openRuns(channel(model, "runs")), monitor: monitor() };
    return { view: <Runs {...parts} />, close: () => Object.values(parts).forEach((part) => part.close()) };
  }
  const parts = { studio: openStudio(channel(model, "studio")), builder: builder(), monitor: monitor() };
  const deaf = forgiving(parts.studio, parts.builder);
  const close = () => {
    deaf();
    Object.values(parts).forEach((part) => part.close());
  };
  return { view: <Studio {...parts} />, close };
}

function Themed({ children }: { children: ReactNode }) {
  return <div className={useDark() ? "hb-theme hb-dark" : "hb-theme"}>{children}</div>;
}

function render({ model, el }: { model: Model; el: HTMLElement }): () => void {
  const home = document.createElement("div");
  home.className = "hb-root";
  el.append(home);
  const free = keepKeysInside(home);
  const root = createRoot(home);
  const { view, close } = open(model, el);
  root.render(<Themed>{view}</Themed>);
  return () => {
    close();
    free();
    root.unmount();
    home.remove();
  };
}

export default { render };
