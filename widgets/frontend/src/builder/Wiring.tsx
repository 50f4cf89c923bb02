// What a layer reads, and whose weights it uses: wires without a mouse.
import { Button } from "../shared/Button";
import type { GraphNode } from "../shared/types";
import { useKnown, useWorkbench } from "./context";
import { into, refusal } from "./document";

interface Props {
  node: GraphNode;
  inputs: 0 | 1 | null;
}

export function Wiring({ node, inputs }: Props) {
  const { actions } = useWorkbench();
  const { document, forms } = useKnown();
  const sources = into(document, node.id).map((edge) => edge.source);
  const open = document.nodes.filter((each) => refusal(document, each.id, node.id, null) === null).map((each) => each.id);
  const slots = inputs === null || sources.length === 0 ? [...sources, ""] : sources;
  const weighty = (forms.get(node.layer)?.fields.length ?? 0) > 0;
  const kin = document.nodes.filter((each) => each.layer === node.layer && each.id !== node.id && each.shared_with === undefined);

  function put(index: number, source: string) {
    const next = [...sources];
    if (source === "") next.splice(index, 1);
    else next[index] = source;
    actions.setSources(node.id, next);
  }

  return (
    <>
      {inputs !== 0 && (
        <fieldset className="hb-wiring">
          <legend>{inputs === null ? "inputs, in order" : "input"}</legend>
          {slots.map((source, index) => (
            <div className="hb-wiring-row" key={index}>
              <select
                className="hb-input" value={source} data-testid={`input-${node.id}-${index}`}
                aria-label={`input ${index + 1} of ${node.id}`} onChange={(event) => put(index, event.target.value)}
              >
                <option value="">{source === "" ? "connect…" : "not connected"}</option>
                {[...new Set([source, ...open])].filter(Boolean).map((id) => <option key={id} value={id}>{id}</option>)}
              </select>
              {source !== "" && <Button kind="quiet" icon="close" label={`Disconnect ${source}`} onClick={() => put(index, "")} />}
            </div>
          ))}
        </fieldset>
      )}
      {node.shared_with !== undefined ? (
        <div className="hb-row-buttons">
          <Button label={`Give ${node.id} weights of its own`} onClick={() => actions.share(node.id, null)}>Own weights</Button>
        </div>
      ) : weighty && inputs !== 0 && kin.length > 0 && (
        <details className="hb-fold">
          <summary>Share weights</summary>
          <select className="hb-input" value="" aria-label={`share weights of ${node.id} with`} onChange={(event) => actions.share(node.id, event.target.value)}>
            <option value="">weights of its own</option>
            {kin.map((each) => <option key={each.id} value={each.id}>weights of {each.id}</option>)}
          </select>
        </details>
      )}
    </>
  );
}
