// What can be done with a training that is shown from its file, in the place of the buttons that steer a run.
import { useEffect, useState } from "react";
import type { MonitorSession } from "../monitor/session";
import { Setting } from "../monitor/Steering";
import { Button } from "../shared/Button";
import { count, figure } from "../shared/format";
import type { FileRow, HeldMark, Mark, PastRun, RunsState } from "../shared/types";
import { Code } from "./Code";
import type { RunsSession } from "./session";

interface Props {
  past: PastRun;
  state: RunsState;
  runs: RunsSession;
  monitor: MonitorSession;
  connected: boolean;
  resuming: boolean;
}

export function Past({ past, state, runs, monitor, connected, resuming }: Props) {
  const { path, held } = past;
  const row = state.files.find((file) => file.path === path);
  const log = useLog(monitor);
  const load = (mark?: string) => runs.send("load", mark === undefined ? { path } : { path, mark });
  return (
    <div className="hb-past" data-testid="past">
      <div className="hb-steering" role="toolbar" aria-label="Go on with this training">
        {row !== undefined && <GoOn key={path} row={row} data={state.data} connected={connected && !resuming} runs={runs} />}
        <Button label="Load the model as it is in the file" testid="past-load" disabled={!connected} onClick={() => load()}>Load the model</Button>
      </div>
      {row !== undefined && row.writer === null && !state.data && (
        <div className="hb-note hb-run-how"><span>To train on from here, the list needs the data: <code>widgets.Runs(folder, X, y)</code>. Or run this in a cell:</span><Code text={row.code} /></div>
      )}
      {state.loaded !== null && state.loaded.path === path && (
        <div className="hb-note hb-run-how" role="status" data-testid="past-loaded">
          <span>{state.loaded.mark === null ? "The model" : <>The model as it was at <strong>{state.loaded.mark}</strong></>} is loaded: it is the <code>.model</code> of this list. In a cell:</span>
          <Code text={state.loaded.code} />
        </div>
      )}
      {(held.length > 0 || log.length > 0) && (
        <details className="hb-changes" data-testid="past-more" open>
          <summary>Marks and log</summary>
          <div className="hb-changes-body">
            {held.length > 0 && <Marks held={held} connected={connected} load={load} />}
            {log.length > 0 && <Log log={log} />}
          </div>
        </details>
      )}
    </div>
  );
}

function GoOn({ row, data, connected, runs }: { row: FileRow; data: boolean; connected: boolean; runs: RunsSession }) {
  const { path, name, state, epochs, writer } = row;
  if (writer !== null) return <span className="hb-quiet" data-testid="past-writer">{writer} trains it; this is its last save.</span>;
  if (!data || state === "weights") return null;
  if (state === "resumable") return <Button label={`Resume the training in ${name}`} icon="play" testid="past-resume" disabled={!connected} onClick={() => runs.resume(path)}>Resume</Button>;
  return (
    <>
      <Button label={`Train on for ${epochs} epochs more`} icon="play" testid="past-on" disabled={!connected} onClick={() => runs.resume(path, { epochs: 2 * epochs })}>Train on</Button>
      <Setting name="to epoch" value={2 * epochs} whole disabled={!connected} onSet={(wanted) => runs.resume(path, { epochs: wanted })} />
    </>
  );
}

function Marks({ held, connected, load }: { held: HeldMark[]; connected: boolean; load: (mark: string) => void }) {
  return (
    <table className="hb-held">
      <caption>states it kept</caption>
      <tbody>
        {held.map((mark) => (
          <tr key={mark.name}>
            <th scope="row">{mark.name}</th>
            <td className="hb-figures">step {count(mark.step)}</td>
            <td className="hb-figures">{mark.loss === null ? "" : `loss ${figure(mark.loss, 4)}`}</td>
            <td><Button kind="quiet" label={`Load the model as it was at ${mark.name}`} testid="past-mark" disabled={!connected} onClick={() => load(mark.name)}>Load</Button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Log({ log }: { log: Mark[] }) {
  return (
    <table className="hb-held hb-log" data-testid="past-log">
      <caption>what was changed</caption>
      <tbody>
        {log.map((mark, number) => (
          <tr key={number}>
            <td className="hb-figures">step {count(mark.step)}</td>
            <td>{mark.label}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What was changed while it trained, as it is marked on the curve. */
function useLog(monitor: MonitorSession): Mark[] {
  const [log, setLog] = useState(monitor.curves.marks);
  useEffect(() => {
    setLog(monitor.curves.marks);
    return monitor.onCurves(() => setLog(monitor.curves.marks));
  }, [monitor]);
  return log;
}
