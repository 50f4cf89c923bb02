// What the model amounts to: parameters, work a sample, memory of a training.
import { useEffect, useRef, useState } from "react";
import { FieldControl } from "../shared/FieldControl";
import { brief, bytes, count } from "../shared/format";
import { Icon } from "../shared/Icon";
import type { FieldForm, Memory } from "../shared/types";
import { useKnown, useWorkbench } from "./context";

const field = (name: string, control: "integer" | "choice", choices: string[] | null): FieldForm => ({
  name, control, choices, required: true, default: null, minimum: 1, maximum: control === "integer" ? 1_000_000 : null, help: "", advanced: false,
});

export function Totals() {
  const { analysis } = useKnown();
  const [shown, setShown] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { parameters, flops, memory } = analysis;
  useEffect(() => {
    if (!shown) return;
    const outside = (event: PointerEvent) => !box.current?.contains(event.target as Node) && setShown(false);
    window.addEventListener("pointerdown", outside, true);
    return () => window.removeEventListener("pointerdown", outside, true);
  }, [shown]);
  const rich = memory !== undefined || flops !== undefined;
  return (
    <div
      className="hb-totals hb-figures" ref={box} onKeyDown={(event) => {
        if (event.key !== "Escape" || !shown) return;
        setShown(false);
        event.stopPropagation();
      }}
    >
      <button type="button" className="hb-total" data-testid="totals" aria-expanded={shown} disabled={!rich} title="What the model amounts to" onClick={() => setShown(!shown)}>
        <span data-testid="parameters">{count(parameters)} parameters</span>
        {flops !== undefined && flops !== null && <span data-testid="flops" title="of one sample, forward">{brief(flops)} FLOPs</span>}
        {memory && <span data-testid="memory" title={`training, ${memory.batch_size} samples a batch`}>{bytes(memory.total)}</span>}
        {rich && <Icon name="open" />}
      </button>
      {shown && <Details />}
    </div>
  );
}

function Details() {
  const { session } = useWorkbench();
  const { analysis, training, optimizers, losses } = useKnown();
  const { parameters, trainable, flops, memory } = analysis;
  const tell = (name: string) => (value: unknown) => session.tell("training", { [name]: value });
  return (
    <div className="hb-details" role="dialog" aria-label="What the model amounts to" data-testid="totals-details">
      <dl className="hb-facts">
        <dt>parameters</dt><dd>{count(parameters)}</dd>
        {trainable !== undefined && trainable !== parameters && <><dt>of which train</dt><dd>{count(trainable)}</dd></>}
        {flops !== undefined && <><dt>FLOPs a sample</dt><dd>{count(flops)}</dd></>}
      </dl>
      {training && (
        <>
          <h4>Memory of a training</h4>
          <div className="hb-field">
            <span className="hb-field-label">batch size</span>
            <FieldControl form={field("batch_size", "integer", null)} value={training.batch_size} label="batch size" testid="forecast-batch_size" onChange={tell("batch_size")} />
          </div>
          <div className="hb-field">
            <span className="hb-field-label">optimizer</span>
            <FieldControl form={field("optimizer", "choice", optimizers)} value={training.optimizer} label="optimizer" testid="forecast-optimizer" onChange={tell("optimizer")} />
          </div>
          {losses.length > 0 && (
            <div className="hb-field">
              <span className="hb-field-label">loss</span>
              <FieldControl form={field("loss", "choice", losses)} value={training.loss ?? undefined} label="loss" testid="forecast-loss" onChange={tell("loss")} />
            </div>
          )}
        </>
      )}
      {memory ? <Bars memory={memory} /> : memory === null && <p className="hb-quiet">The memory can be told once the model is complete.</p>}
    </div>
  );
}

const KINDS = ["weights", "gradients", "state", "activations", "workspace"] as const;
const WORDS: Record<(typeof KINDS)[number], string> = {
  weights: "weights", gradients: "gradients", state: "optimizer", activations: "activations", workspace: "workspace",
};

function Bars({ memory }: { memory: Memory }) {
  return (
    <>
      <div className="hb-stack" aria-hidden="true">
        {KINDS.map((kind, index) => <i key={kind} style={{ flexGrow: memory[kind], background: `var(--hb-curve-${index + 1})` }} />)}
      </div>
      <dl className="hb-facts">
        {KINDS.map((kind, index) => (
          <div key={kind} className="hb-stack-row">
            <dt><i style={{ background: `var(--hb-curve-${index + 1})` }} />{WORDS[kind]}</dt><dd>{bytes(memory[kind])}</dd>
          </div>
        ))}
        <div className="hb-stack-row hb-stack-total"><dt>in all</dt><dd>{bytes(memory.total)}</dd></div>
      </dl>
    </>
  );
}
