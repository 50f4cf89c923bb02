// Train, save, load, and what came of it.
import { useState, type ReactNode } from "react";
import { Button } from "../shared/Button";
import { count, figure } from "../shared/format";
import { Icon } from "../shared/Icon";
import type { StudioState } from "../shared/types";
import type { StudioSession } from "./session";

interface Props {
  session: StudioSession;
  training: boolean;
  disabled: boolean;
}

export function Deeds({ session, training, disabled }: Props) {
  return (
    <div className="hb-deeds">
      <Button kind="primary" icon="play" testid="train" label="Train the model on the canvas" disabled={disabled || training} onClick={() => session.ask("train")}>
        {training ? "Training…" : "Train"}
      </Button>
      <span className="hb-spring" />
      <PathDeed name="save" start="model.h5" disabled={disabled} onDo={(path) => session.ask("save", { path })}>Save</PathDeed>
      <PathDeed name="load" start="" disabled={disabled || training} onDo={(path) => session.ask("load", { path })}>Load</PathDeed>
    </div>
  );
}

interface PathProps {
  name: "save" | "load";
  start: string;
  disabled: boolean;
  onDo: (path: string) => void;
  children: ReactNode;
}

function PathDeed({ name, start, disabled, onDo, children }: PathProps) {
  const [path, setPath] = useState(start);
  const ready = !disabled && path.trim() !== "";
  return (
    <form
      className="hb-path" onSubmit={(event) => {
        event.preventDefault();
        if (ready) onDo(path.trim());
      }}
    >
      <input
        className="hb-input" type="text" spellCheck={false} autoComplete="off" placeholder="model.h5" data-testid={`${name}-path`} aria-label={`file to ${name}`}
        value={path} onChange={(event) => setPath(event.target.value)}
      />
      <Button label={`${name === "save" ? "Save the model to" : "Load a model from"} this HDF5 file`} testid={`${name}-model`} disabled={!ready} onClick={() => onDo(path.trim())}>
        {children}
      </Button>
    </form>
  );
}

export function Outcome({ state, message }: { state: StudioState; message: StudioState["message"] }) {
  return (
    <div className="hb-outcome" aria-live="polite">
      {state.busy !== null && <p className="hb-note hb-message" data-testid="busy">{state.busy}…</p>}
      {message !== null && (
        <p className={`hb-note hb-message hb-note-${message.kind}`} data-testid="message">
          {message.kind === "error" && <Icon name="warning" />}
          <span>{message.text}</span>
        </p>
      )}
      {state.result !== null && <p className="hb-result hb-figures" data-testid="result">{inWords(state.result)}</p>}
    </div>
  );
}

function inWords({ loss, accuracy, samples }: NonNullable<StudioState["result"]>): string {
  const what = accuracy === null ? `test loss ${figure(loss)}` : `test accuracy ${(100 * accuracy).toFixed(1)} %`;
  const also = accuracy === null || loss === null ? "" : `, loss ${figure(loss)}`;
  return `${what} on ${count(samples)} samples${also}`;
}
