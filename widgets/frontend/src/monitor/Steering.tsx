// The buttons that steer a run.
import { useEffect, useId, useState } from "react";
import { Button } from "../shared/Button";
import { figure } from "../shared/format";
import type { RunStatus } from "../shared/types";
import { numberIn } from "../shared/values";

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
  const [refused, setRefused] = useState(false); // Enter was pressed on what cannot be
  const words = useId();
  const wanted = numberIn(draft ?? "");
  const reason = draft === null ? null : whyNot(wanted, whole, signed);
  function leave() {
    setDraft(null);
    setRefused(false);
  }
  function settle() {
    if (draft === null || draft.trim() === "") return leave();
    if (reason !== null) return setRefused(true);
    if (wanted !== rate) onSet(wanted);
    leave();
  }
  return (
    <label className="hb-rate">
      <span>{name}</span>
      <input
        className="hb-input" type="text" inputMode="decimal" data-testid={testid} aria-label={`${name}; Enter sets it`} disabled={disabled}
        aria-invalid={reason !== null || undefined} aria-describedby={refused ? words : undefined} value={draft ?? shown(rate, whole)}
        onChange={(event) => {
          setDraft(event.target.value);
          setRefused(false);
        }}
        onBlur={() => !refused && leave()}
        onKeyDown={(event) => {
          if (event.key === "Enter") settle();
          if (event.key === "Escape") leave();
        }}
      />
      {draft !== null && (
        <button type="button" className="hb-button hb-button-plain" data-testid={`${testid}-set`} disabled={reason !== null} onMouseDown={(event) => event.preventDefault()} onClick={settle}>
          Set
        </button>
      )}
      {refused && <span className="hb-why" id={words} role="alert" data-testid={`${testid}-reason`}>{reason}</span>}
    </label>
  );
}

/** Why a number cannot be set, in words; null where it can. */
export function whyNot(value: number, whole: boolean, signed: boolean): string | null {
  if (!Number.isFinite(value)) return "a number is needed";
  if (whole) return Number.isInteger(value) && value >= 1 ? null : "a whole number from 1 is needed";
  return signed || value >= 0 ? null : "it cannot be below 0";
}

const shown = (value: number | null, whole: boolean) => (value === null ? "" : whole ? String(value) : figure(value, 4).replaceAll("−", "-"));
