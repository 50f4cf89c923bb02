// What may be changed of a run beside its learning rate, and the states it can go back to.
import { Button } from "../shared/Button";
import { count, figure } from "../shared/format";
import type { HeldMark, RunStatus } from "../shared/types";
import { Setting } from "./Steering";

const FEW = 8; // layers up to which the list has no scroll bar

interface Props {
  status: RunStatus;
  connected: boolean;
  send: (type: string, content?: Record<string, unknown>) => void;
}

export function Changes({ status, connected, send }: Props) {
  const { state, held, layers = {}, dropout = {} } = status;
  if (held === undefined) return null; // a past run
  const alive = connected && (state === "waiting" || state === "running" || state === "paused");
  const set = (settings: Record<string, unknown>) => send("set", { settings });
  return (
    <details className="hb-changes" data-testid="changes">
      <summary>Change, go back, branch</summary>
      <div className="hb-changes-body">
        <div className="hb-changes-fields">
          <Setting name="epochs" value={status.epochs} whole disabled={!alive} onSet={(epochs) => set({ epochs })} />
          <Setting name="batch size" value={status.batch_size ?? null} whole disabled={!alive} onSet={(size) => set({ batch_size: size })} />
          {Object.entries(dropout).map(([name, rate]) => (
            <Setting key={name} name={name} value={rate} disabled={!alive} onSet={(value) => set({ dropout: { [name]: value } })} />
          ))}
        </div>
        <fieldset className="hb-layers" disabled={!alive}>
          <legend>layers that learn</legend>
          <div className="hb-layer-list" {...(Object.keys(layers).length > FEW && { tabIndex: 0, role: "group", "aria-label": "layers that learn" })}>
            {Object.entries(layers).map(([name, learns]) => (
              <label key={name}>
                <input type="checkbox" className="hb-check" data-testid={`learns-${name}`} checked={learns} onChange={() => set({ trainable: { [name]: !learns } })} /> {name}
              </label>
            ))}
          </div>
        </fieldset>
        <Held held={held} connected={connected} alive={alive} send={send} />
      </div>
    </details>
  );
}

function Held({ held, connected, alive, send }: { held: HeldMark[]; connected: boolean; alive: boolean; send: Props["send"] }) {
  return (
    <div>
      <table className="hb-held">
        <caption>states to go back to</caption>
        <tbody>
          {held.map((mark) => (
            <tr key={mark.name}>
              <th scope="row">{mark.name}</th>
              <td className="hb-figures">step {count(mark.step)}</td>
              <td className="hb-figures">{mark.loss === null ? "" : `loss ${figure(mark.loss, 4)}`}</td>
              <td>
                <Button kind="quiet" label={`Go back to ${mark.name}`} testid="rollback" disabled={!connected} onClick={() => send("rollback", { name: mark.name })}>Go back</Button>
                <Button kind="quiet" label={`Branch from ${mark.name}: a new run from there`} testid="branch" disabled={!connected} onClick={() => send("branch", { name: mark.name })}>Branch</Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Button kind="quiet" icon="plus" label="Keep the state as it is now" testid="mark" disabled={!alive} onClick={() => send("mark")}>Keep this state</Button>
    </div>
  );
}
