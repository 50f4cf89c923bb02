// Whether and of what the reader wants to be told while looking elsewhere.
import { useState } from "react";
import { Button } from "../shared/Button";
import type { RunStatus } from "../shared/types";
import { ask, permission, remember } from "./bell";
import { isAlive } from "./news";
import type { MonitorSession } from "./session";
import { Setting } from "./Steering";

interface Props {
  session: MonitorSession;
  status: RunStatus;
  wanted: boolean;
  connected: boolean;
}

export function Telling({ session, status, wanted, connected }: Props) {
  const [, setAsked] = useState(0);
  const [chosen, setChosen] = useState<string | null>(null);
  if (status.held === undefined || !isAlive(status)) return null; // there is nothing left to tell
  const target = status.target ?? null;
  const metrics = [...new Set([...Object.keys(status.values), ...(target ? [target.metric] : [])])];
  const metric = chosen ?? target?.metric ?? metrics.at(-1) ?? "";
  const allow = () => void ask().then(() => setAsked((times) => times + 1));
  function toggle(on: boolean) {
    remember(on);
    session.want(on);
    if (on) allow();
  }
  return (
    <div className="hb-telling" role="group" aria-label="Notifications">
      <label>
        <input type="checkbox" className="hb-check" data-testid="notify" checked={wanted} onChange={(event) => toggle(event.target.checked)} /> notify me when it ends or fails
      </label>
      {metrics.length > 0 && (
        <span className="hb-target">
          or when
          <select className="hb-input" aria-label="metric that is to reach a value" data-testid="target-metric" value={metric} disabled={!connected} onChange={(event) => setChosen(event.target.value)}>
            {metrics.map((name) => <option key={name}>{name}</option>)}
          </select>
          <Setting
            name="reaches" value={target?.metric === metric ? target.value : null} disabled={!connected} signed
            onSet={(value) => session.send("target", { metric, value })}
          />
          {target !== null && <Button kind="quiet" icon="close" label="No target" testid="target-none" disabled={!connected} onClick={() => session.send("target", { metric: null })} />}
        </span>
      )}
      {wanted && permission() === "default" && <Button label="Let the browser show notifications of this page" testid="notify-allow" onClick={allow}>Allow notifications</Button>}
      {wanted && (permission() === "denied" || permission() === "none") && (
        <span className="hb-quiet" data-testid="notify-title">The browser shows no notifications of this page, so its title will say it.</span>
      )}
    </div>
  );
}
