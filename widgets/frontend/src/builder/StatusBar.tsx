// The line below: what went wrong, in words and aloud for who does not see it, and what the model amounts to.
import { Button } from "../shared/Button";
import { Icon } from "../shared/Icon";
import { useKnown, useWorkbench } from "./context";
import { Totals } from "./Totals";

export function StatusBar() {
  return (
    <div className="hb-status">
      <div className="hb-status-words" aria-live="polite"><Message /></div>
      <Said />
      <Reset />
      <Totals />
    </div>
  );
}

function Message() {
  const { session } = useWorkbench();
  const { problem, codeRefused, notice, news, silent, waiting, analysis } = useKnown();
  const text = notice ?? (codeRefused ? null : problem?.message) ?? (silent ? "Python has not answered; the kernel may be busy or gone." : null);
  if (text !== null) {
    return (
      <div className="hb-message hb-message-error" data-testid="problem">
        <Icon name="warning" />
        <span>{text}</span>
        <Button kind="quiet" icon="close" label="Dismiss" onClick={() => session.store.set({ notice: null, problem: null, silent: false })} />
      </div>
    );
  }
  if (waiting) return <div className="hb-message" data-testid="waiting"><span>Python is working…</span></div>;
  if (news !== null) return <div className="hb-message" data-testid="news"><span>{news}</span></div>;
  if (analysis.error === null) return null;
  return <div className="hb-message" data-testid="model-error"><Icon name="warning" /><span>{analysis.error}</span></div>;
}

/** The last edit, for who does not see it. */
function Said() {
  const { said } = useKnown();
  return <div className="hb-unseen" role="status" data-testid="said">{said}</div>;
}

/** Which weights an edit of a trained model began anew. */
function Reset() {
  const { weights } = useKnown();
  if (weights === null || weights.reset.length === 0) return null;
  const layers = [...new Set(weights.reset.map((each) => each.node))];
  return (
    <details className="hb-reset" data-testid="weights">
      <summary>
        {weights.kept} {weights.kept === 1 ? "array" : "arrays"} of weights kept; {layers.length === 1 ? layers[0] : `${layers.length} layers`} {layers.length === 1 ? "begins" : "begin"} anew
      </summary>
      <ul>{weights.reset.map((each) => <li key={`${each.node} ${each.weight}`}><code>{each.node}.{each.weight}</code>: {each.reason}</li>)}</ul>
    </details>
  );
}
