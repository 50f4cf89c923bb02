// Where a run is: state, bar, figures.
import { count, duration, figure } from "../shared/format";
import type { RunStatus } from "../shared/types";
import { inWords } from "./news";

const WORDS: Record<string, string> = {
  waiting: "waiting", running: "running", paused: "paused", done: "done", stopped: "stopped", failed: "failed",
};

export function Progress({ status }: { status: RunStatus }) {
  const { state, step, steps, epoch, epochs } = status;
  const share = steps ? Math.min(1, step / steps) : 0;
  const at = Math.min(epochs, state === "running" || state === "paused" ? epoch + 1 : epoch);
  return (
    <div className="hb-progress">
      <div className="hb-progress-head">
        <span className={`hb-chip hb-chip-${state}`} data-testid="run-state">{WORDS[state] ?? state}</span>
        <strong className="hb-run-name">{status.name}</strong>
        <span className="hb-figures">epoch {count(at)} of {count(epochs)}</span>
        <span className="hb-figures">step {count(step)}{steps ? ` of ${count(steps)}` : ""}</span>
      </div>
      <div className={`hb-bar hb-bar-${state}`} role="progressbar" aria-label="Training" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(100 * share)}>
        <div style={{ width: `${100 * share}%` }} />
      </div>
      <Facts status={status} />
    </div>
  );
}

function Facts({ status }: { status: RunStatus }) {
  const over = status.state === "done" || status.state === "stopped" || status.state === "failed";
  const facts: [string, string | null][] = [
    ["left", over || status.eta === null ? null : duration(status.eta)],
    ["elapsed", status.elapsed === null ? null : duration(status.elapsed)],
    ["samples/s", status.throughput === null ? null : count(status.throughput)],
    ["learning rate", status.learning_rate === null ? null : figure(status.learning_rate)],
    ["device", status.device],
    ["file", status.file],
    ["target", status.target ? `${inWords(status.target)}${status.target.epoch === null ? "" : `, reached in epoch ${status.target.epoch}`}` : null],
  ];
  return (
    <dl className="hb-run-facts">
      {facts.map(([name, value]) => value !== null && value !== undefined && (
        <div key={name}><dt>{name}</dt><dd className="hb-figures" title={value}>{value}</dd></div>
      ))}
    </dl>
  );
}
