// The list of runs: those of this kernel, those on the disk, and below them the monitor of the one that is shown.
import { Monitor } from "../monitor/Monitor";
import type { MonitorSession } from "../monitor/session";
import { Button } from "../shared/Button";
import { Icon } from "../shared/Icon";
import { useStore } from "../shared/store";
import type { RunsState } from "../shared/types";
import { RunRow, SavedRow } from "./Rows";
import { Past } from "./Past";
import type { RunsSession } from "./session";

export function Runs({ runs, monitor }: { runs: RunsSession; monitor: MonitorSession }) {
  const { state, refused, resuming } = useStore(runs.store);
  const { status, connected } = useStore(monitor.store);
  return (
    <div className="hb-runs" data-testid="runs" data-ready={state !== null} data-connected={connected}>
      <section className="hb-card" aria-label="Runs">
        {!connected && <p className="hb-note hb-note-warning hb-message" role="alert"><Icon name="warning" /><span>Disconnected: the kernel no longer answers. Run this cell again: the files stay, and what is resumable can be resumed.</span></p>}
        <div aria-live="polite">{refused !== null && <p className="hb-note hb-note-error hb-message" data-testid="runs-refused"><Icon name="warning" /><span>{refused}</span></p>}</div>
        {state !== null && (
          <>
            <h3>Runs of this kernel</h3>
            <ul className="hb-run-list">
              {state.living.map((run) => <RunRow key={run.name} run={run} shown={run.name === state.shown} connected={connected} send={runs.send} />)}
            </ul>
            {state.living.length === 0 && <p className="hb-quiet">None yet. <code>run = model.fit(X, y, background=True, autosave="run.h5")</code> begins one that can be resumed after anything.</p>}
            {state.folder !== null && <Saved state={state} connected={connected} resuming={resuming} runs={runs} />}
            {state.problem !== null && <Problem problem={state.problem} connected={connected} runs={runs} />}
          </>
        )}
      </section>
      {status !== null && <Monitor session={monitor} past={state !== null && status.past && (
        <Past past={status.past} state={state} runs={runs} monitor={monitor} connected={connected} resuming={resuming !== null} />
      )} />}
    </div>
  );
}

function Saved({ state, connected, resuming, runs }: { state: RunsState; connected: boolean; resuming: string | null; runs: RunsSession }) {
  const { folder, files, reading, missing, data, opened } = state;
  return (
    <>
      <h3>Saved in <code>{folder}</code></h3>
      <ul className="hb-run-list">
        {files.map((run) => (
          <SavedRow
            key={run.path} run={run} data={data} connected={connected} resuming={resuming === run.path} shown={run.path === opened}
            onResume={() => runs.resume(run.path)} onOpen={() => runs.send("open", { path: run.path })}
          />
        ))}
      </ul>
      {missing !== "" && <p className="hb-note hb-note-error">{missing}</p>}
      {files.length === 0 && missing === "" && (
        <p className="hb-quiet">{reading ? "Reading the files…" : <>No training is saved here. <code>fit(…, autosave="run.h5")</code> saves one, every 30 seconds and at its end.</>}</p>
      )}
    </>
  );
}

function Problem({ problem, connected, runs }: { problem: NonNullable<RunsState["problem"]>; connected: boolean; runs: RunsSession }) {
  return (
    <div className="hb-note hb-note-error hb-way-back" role="alert" data-testid="runs-problem">
      <span>{problem.message}</span>
      {problem.other_data && (
        <Button label="Go on with the training on the data that the list was given" testid="problem-resume" disabled={!connected} onClick={() => runs.resume(problem.path, { other_data: true })}>Resume on these data all the same</Button>
      )}
      <Button label="Leave the file as it is" testid="problem-leave" onClick={() => runs.send("dismiss")}>Leave it</Button>
    </div>
  );
}
