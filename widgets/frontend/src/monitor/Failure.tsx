// What went wrong: the cause first, then where, then the way back.
import { Button } from "../shared/Button";
import { count } from "../shared/format";
import type { Failure as Cause } from "../shared/types";

interface Props {
  cause: Cause;
  connected: boolean;
  send: (type: string, content?: Record<string, unknown>) => void;
}

export function Failure({ cause, connected, send }: Props) {
  const { message, where, traceback, back, again } = cause;
  return (
    <div className="hb-note hb-note-error hb-failure" role="alert" data-testid="run-error">
      <p><strong>{message}</strong></p>
      {where !== null && <p><code>{where}</code></p>}
      {back !== null && (
        <p className="hb-way-back">
          <span>The last good state is “{back.name}”, at step {count(back.step)}.</span>
          <Button label={`Go back to ${back.name}: the model becomes what it was`} testid="failure-back" disabled={!connected} onClick={() => send("rollback", { name: back.name })}>Go back to it</Button>
          <Button label={`A new run from ${back.name} ${again?.label ?? ""}`} testid="failure-again" disabled={!connected} onClick={() => send("branch", { name: back.name, settings: again?.settings ?? {} })}>
            Train on from there{again === null ? "" : ` ${again.label}`}
          </Button>
        </p>
      )}
      {traceback !== "" && <details><summary>Where it happened</summary><pre className="hb-raw">{traceback}</pre></details>}
    </div>
  );
}
