// The buttons that steer a run.
import { useEffect, useState } from "react";
import { Button } from "../shared/Button";
import { figure } from "../shared/format";
import type { RunStatus } from "../shared/types";

interface Props {
  status: RunStatus;
  connected: boolean;
  send: (type: string, content?: Record<string, unknown>) => void;
}

export function Steering({ status, connected, send }: Props) {
  const [asking, setAsking] = useState(false);
  const { state } = status;
  const alive = connected && (state === "waiting" || state === "running" || state === "paused");
  const paused = state === "paused";
  useEffect(() => {
    if (!alive) setAsking(false);
  }, [alive]);
  return (
    <div className="hb-steering" role="toolbar" aria-label="Steer the run">
      {paused
        ? <Button label="Resume" icon="play" testid="resume" disabled={!alive} onClick={() => send("resume")}>Resume</Button>
        : <Button label="Pause after this batch" icon="pause" testid="pause" disabled={!alive} onClick={() => send("pause")}>Pause</Button>}
      <Button label="Step: train one batch, then pause" icon="step" testid="step" disabled={!alive} onClick={() => send("step", { batches: 1 })}>Step</Button>
      <Button label="Train to the end of the epoch, then pause" icon="step" testid="step-epoch" disabled={!alive} onClick={() => send("step_epoch")}>Epoch</Button>
      <Button label="Stop and keep what was learned" icon="stop" testid="stop" disabled={!alive} onClick={() => send("stop")}>Stop</Button>
      {asking ? (
        <span className="hb-confirm" role="alertdialog" aria-label="Abort the run?">
          Go back to the weights of the start?
          <Button kind="danger" label="Yes, abort the run" testid="abort-yes" disabled={!alive} onClick={() => {
            setAsking(false);
            send("abort");
          }}>Abort</Button>
          <Button label="No, keep training" testid="abort-no" onClick={() => setAsking(false)}>Keep</Button>
        </span>
      ) : (
        <Button label="Abort and go back to the start" icon="reset" testid="abort" disabled={!alive} onClick={() => setAsking(true)}>Abort</Button>
      )}
      <Setting name="learning rate" value={status.learning_rate} disabled={!alive} onSet={(rate) => send("set", { learning_rate: rate })} />
    </div>
  );
}

interface SettingProps {
  name: string;
  value: number | null;
  disabled: boolean;
  whole?: boolean;
  /** Whether it may be below 0. */
  signed?: boolean;
  onSet: (value: number) => void;
}

/** A number that can be changed: Enter sets it, Escape leaves it. */
export function Setting({ name, value: rate, disabled, whole = false, signed = false, onSet }: SettingProps) {
  const testid = name.replaceAll(" ", "-");
  const [draft, setDraft] = useState<string | null>(null);
  const wanted = draft === null ? NaN : Number(draft.trim().replace(",", "."));
  const good = draft !== null && draft.trim() !== "" && Number.isFinite(wanted) && (signed || wanted >= 0) && (!whole || (Number.isInteger(wanted) && wanted >= 1));
  function settle() {
    if (good && wanted !== rate) onSet(wanted);
    setDraft(null);
  }
  return (
    <label className="hb-rate">
      <span>{name}</span>
      <input
        className="hb-input" type="text" inputMode="decimal" data-testid={testid} aria-label={`${name}; Enter sets it`} disabled={disabled}
        aria-invalid={(draft !== null && !good) || undefined} value={draft ?? shown(rate, whole)}
        onChange={(event) => setDraft(event.target.value)} onBlur={() => setDraft(null)}
        onKeyDown={(event) => {
          if (event.key === "Enter") settle();
          if (event.key === "Escape") setDraft(null);
        }}
      />
      {draft !== null && (
        <button type="button" className="hb-button hb-button-plain" data-testid={`${testid}-set`} disabled={!good} onMouseDown={(event) => event.preventDefault()} onClick={settle}>
          Set
        </button>
      )}
    </label>
  );
}

const shown = (value: number | null, whole: boolean) => (value === null ? "" : whole ? String(value) : figure(value, 4).replaceAll("−", "-"));
