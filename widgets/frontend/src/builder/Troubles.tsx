// What is wrong, or will train badly, with the buttons that mend it.
import { useState } from "react";
import { breakable } from "../shared/format";
import { Icon } from "../shared/Icon";
import type { Fix, Trouble } from "../shared/types";
import { useWorkbench } from "./context";
import { unnamed } from "./flow";

const FEW = 2; // fixes shown where there is little room

interface Props {
  trouble: Trouble;
  kind: "error" | "warning";
  testid?: string;
  /** The node it stands on, where there is little room: its id is not said again, and the rest is shown on demand. */
  on?: string;
}

export function TroubleNote({ trouble, kind, testid, on }: Props) {
  const [whole, setWhole] = useState(on === undefined);
  const { message, fixes = [] } = trouble;
  const words = on === undefined ? message : unnamed(message, on);
  return (
    <div className={`hb-trouble hb-trouble-${kind} nodrag`} data-testid={testid} title={whole ? undefined : words}>
      <p><Icon name="warning" /><span className={whole ? undefined : "hb-clamped"}>{words}</span></p>
      <Fixes fixes={whole ? fixes : fixes.slice(0, FEW)} />
      {!whole && fixes.length > FEW && (
        <button type="button" className="hb-fix-more nodrag" onClick={() => setWhole(true)}>{fixes.length - FEW} more</button>
      )}
    </div>
  );
}

export function Fixes({ fixes }: { fixes: Fix[] }) {
  const { actions } = useWorkbench();
  if (fixes.length === 0) return null;
  return (
    <div className="hb-fixes">
      {fixes.map((fix) => (
        <button key={fix.label} type="button" className="hb-fix nodrag" data-testid="fix" onClick={() => actions.mend(fix)}>
          <Icon name="wrench" />{breakable(fix.label)}
        </button>
      ))}
    </div>
  );
}
