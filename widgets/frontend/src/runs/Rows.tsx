// The rows of the list: a run of this kernel, and a training in a file.
import { useState, type ReactNode } from "react";
import { Button } from "../shared/Button";
import { count, figure } from "../shared/format";
import type { FileRow, LivingRow } from "../shared/types";
import type { RunsSession } from "./session";
import { Code } from "./Code";
import { Sparkline } from "./Sparkline";

interface RowProps {
  testid: string;
  state: string;
  name: string;
  title: string;
  run: LivingRow | FileRow;
  more: string | null;
  shown?: boolean;
  children: ReactNode;
}

/** Where it is: "epoch 3 of 10, step 120, loss 0.5". */
function told(run: LivingRow | FileRow, more: string | null): string {
  const trained = run.epochs > 0 || run.step > 0 ? [`epoch ${count(run.epoch)} of ${count(run.epochs)}`, `step ${count(run.step)}`] : ["not trained yet"];
  return [...trained, ...(run.loss === null ? [] : [`loss ${figure(run.loss)}`]), ...(more === null ? [] : [more])].join(", ");
}

function Row({ testid, state, name, title, run, more, shown, children }: RowProps) {
  return (
    <li className={shown ? "hb-run-row hb-run-shown" : "hb-run-row"} data-testid={testid} data-state={state} aria-current={shown || undefined}>
      <span className={`hb-chip hb-chip-${state}`}>{state}</span>
      <div className="hb-run-told">
        <strong title={title}>{name}</strong>
        <span className="hb-quiet hb-figures">{told(run, more)}</span>
      </div>
      <Sparkline values={run.losses} label={`loss of ${name}`} />
      <span className="hb-run-deeds">{children}</span>
    </li>
  );
}

export function RunRow({ run, shown, connected, send }: { run: LivingRow; shown: boolean; connected: boolean; send: RunsSession["send"] }) {
  const { name, state, file } = run;
  const steer = (what: string) => send("steer", { run: name, what });
  const alive = state === "waiting" || state === "running" || state === "paused";
  return (
    <Row testid={`row-${name}`} state={state} name={name} title={name} run={run} more={file} shown={shown}>
      {alive && (state === "paused"
        ? <Button kind="quiet" icon="play" label={`Resume ${name}`} testid="row-resume" disabled={!connected} onClick={() => steer("resume")} />
        : <Button kind="quiet" icon="pause" label={`Pause ${name}`} testid="row-pause" disabled={!connected} onClick={() => steer("pause")} />)}
      {alive && <Button kind="quiet" icon="stop" label={`Stop ${name} and keep what it learned`} testid="row-stop" disabled={!connected} onClick={() => steer("stop")} />}
      <Button label={`Show ${name} in the monitor below`} testid="row-open" disabled={!connected || shown} onClick={() => send("open", { run: name })}>{shown ? "Shown" : "Open"}</Button>
    </Row>
  );
}

interface SavedProps {
  run: FileRow;
  data: boolean;
  connected: boolean;
  resuming: boolean;
  shown: boolean;
  onResume: () => void;
  onOpen: () => void;
}

export function SavedRow({ run, data, connected, resuming, shown, onResume, onOpen }: SavedProps) {
  const { name, path, state, code, date, writer } = run;
  const [asking, setAsking] = useState(false);
  const when = new Date(1000 * date).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  const more = writer === null ? when : `${when}, ${writer} saves itself to it`;
  return (
    <>
      <Row testid={`row-${name}`} state={state} name={name} title={path} run={run} more={more} shown={shown}>
        {writer === null && state === "resumable" && (
          <Button
            label={data ? `Resume the training in ${name}` : `How to resume the training in ${name}`} testid="row-resume" disabled={!connected || resuming}
            onClick={data ? onResume : () => setAsking(!asking)}
          >
            {resuming ? "Resuming…" : data ? "Resume" : "Resume…"}
          </Button>
        )}
        {(writer === null || state === "running") && (
          <Button label={`Show the training in ${name} in the monitor below`} testid="row-open" disabled={!connected || shown} onClick={onOpen}>{shown ? "Shown" : "Open"}</Button>
        )}
      </Row>
      {asking && (
        <li className="hb-note hb-run-how" data-testid="row-code">
          <span>To resume it here, the list needs the data it was trained on: <code>widgets.Runs(folder, X, y)</code>. Or run this in a cell:</span>
          <Code text={code} />
        </li>
      )}
    </>
  );
}
