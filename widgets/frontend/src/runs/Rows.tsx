// The rows of the list: a run of this kernel, and a training in a file.
import { useState, type ReactNode } from "react";
import { Button } from "../shared/Button";
import { count, figure } from "../shared/format";
import type { FileRow, LivingRow } from "../shared/types";
import type { RunsSession } from "./session";
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
  onResume: () => void;
}

export function SavedRow({ run, data, connected, resuming, onResume }: SavedProps) {
  const { name, path, state, code, date, writer } = run;
  const [asking, setAsking] = useState(false);
  const when = new Date(1000 * date).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  const more = writer === null ? when : `${when}, ${writer} saves itself to it`;
  return (
    <>
      <Row testid={`row-${name}`} state={state} name={name} title={path} run={run} more={more}>
        {writer === null && state === "resumable" && (
          <Button
            label={data ? `Resume the training in ${name}` : `How to resume the training in ${name}`} testid="row-resume" disabled={!connected || resuming}
            onClick={data ? onResume : () => setAsking(!asking)}
          >
            {resuming ? "Resuming…" : data ? "Resume" : "Resume…"}
          </Button>
        )}
        {writer === null && state !== "resumable" && (
          <Button kind="quiet" label={`How to open ${name}`} testid="row-how" onClick={() => setAsking(!asking)}>How to open</Button>
        )}
      </Row>
      {asking && (
        <li className="hb-note hb-run-how" data-testid="row-code">
          {state === "resumable"
            ? <span>To resume it here, the list needs the data it was trained on: <code>widgets.Runs(folder, X, y)</code>. Or run this in a cell:</span>
            : <span>Run this in a cell{state === "done" && <>; with <code>epochs=</code> and a larger number, it trains on</>}:</span>}
          <Code text={code} />
        </li>
      )}
    </>
  );
}

function Code({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const board = navigator.clipboard as Clipboard | undefined; // absent on pages that are not secure
  return (
    <span className="hb-run-code">
      <code>{text}</code>
      {board !== undefined && (
        <Button kind="quiet" icon="copy" label="Copy this line" testid="row-copy" onClick={() => void board.writeText(text).then(() => setCopied(true), () => setCopied(false))}>
          {copied ? "Copied" : "Copy"}
        </Button>
      )}
    </span>
  );
}
