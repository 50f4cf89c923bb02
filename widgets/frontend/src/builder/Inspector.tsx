// Everything about what is selected, to read and to change.
import { Button } from "../shared/Button";
import { FieldControl } from "../shared/FieldControl";
import { familyColour } from "../shared/families";
import { count, passage } from "../shared/format";
import type { FieldForm, GraphNode } from "../shared/types";
import { useKnown, useView, useWorkbench } from "./context";
import { Wiring } from "./Wiring";

export function Inspector() {
  const known = useKnown();
  const { nodes, edges } = useView();
  const node = nodes.length === 1 ? known.document.nodes.find((each) => each.id === nodes[0]) : undefined;
  return (
    <aside className="hb-inspector" aria-label="Inspector" data-testid="inspector">
      {node ? <NodeInspector key={node.id} node={node} />
        : nodes.length > 1 ? <Several number={nodes.length} />
        : edges.length === 1 ? <WireInspector index={edges[0]!} />
        : <Hints />}
    </aside>
  );
}

function NodeInspector({ node }: { node: GraphNode }) {
  const { actions } = useWorkbench();
  const { forms, analysis } = useKnown();
  const form = forms.get(node.layer);
  const report = analysis.nodes[node.id];
  const fields = node.shared_with === undefined ? form?.fields ?? [] : [];
  const advanced = fields.filter((field) => field.advanced);
  return (
    <div style={{ "--hb-family": familyColour(form?.family) } as React.CSSProperties}>
      <header className="hb-inspector-head">
        <h3>{node.layer}</h3>
        <code>{node.id}</code>
      </header>
      {form && <p className="hb-summary">{form.summary}</p>}
      {report?.error && <p className="hb-note hb-note-error">{report.error.message}</p>}
      <dl className="hb-facts">
        <dt>shape</dt><dd>{passage(report?.input, report?.output)}</dd>
        <dt>parameters</dt><dd>{count(report?.parameters)}</dd>
      </dl>
      {fields.filter((field) => !field.advanced).map((field) => <Row key={field.name} node={node} field={field} />)}
      {advanced.length > 0 && (
        <details className="hb-fold">
          <summary>Advanced</summary>
          {advanced.map((field) => <Row key={field.name} node={node} field={field} />)}
        </details>
      )}
      {form === undefined && <pre className="hb-raw">{JSON.stringify(node.config ?? {}, null, 1)}</pre>}
      <Wiring node={node} inputs={form === undefined ? 1 : form.inputs} />
      {form && form.help !== form.summary && (
        <details className="hb-fold">
          <summary>About {node.layer}</summary>
          <p className="hb-help">{form.help}</p>
        </details>
      )}
      <div className="hb-row-buttons">
        <Button label={`Duplicate ${node.id}`} icon="copy" onClick={() => actions.duplicate([node.id])}>Duplicate</Button>
        <Button label={`Delete ${node.id}`} icon="delete" onClick={() => actions.remove([node.id], [])}>Delete</Button>
      </div>
    </div>
  );
}

function Row({ node, field }: { node: GraphNode; field: FieldForm }) {
  const { actions } = useWorkbench();
  const { analysis } = useKnown();
  return (
    <div className="hb-field">
      <span className="hb-field-label" title={field.help}>{field.name}</span>
      <FieldControl
        form={field} value={node.config?.[field.name]} label={`${field.name} of ${node.id}, in the inspector`}
        testid={`inspect-${node.id}-${field.name}`} wrong={analysis.nodes[node.id]?.error?.field === field.name}
        onChange={(value) => actions.setField(node.id, field, value)}
      />
    </div>
  );
}

function Several({ number }: { number: number }) {
  const { actions } = useWorkbench();
  return (
    <>
      <header className="hb-inspector-head"><h3>{number} layers</h3></header>
      <div className="hb-row-buttons">
        <Button label="Duplicate the selected layers" icon="copy" onClick={() => actions.duplicate()}>Duplicate</Button>
        <Button label="Delete the selected layers" icon="delete" onClick={() => actions.remove()}>Delete</Button>
      </div>
    </>
  );
}

function WireInspector({ index }: { index: number }) {
  const { actions } = useWorkbench();
  const { document, analysis } = useKnown();
  const wire = document.edges[index];
  if (wire === undefined) return <Hints />;
  const error = analysis.edges.find((edge) => edge.source === wire.source && edge.target === wire.target)?.error;
  return (
    <>
      <header className="hb-inspector-head"><h3>Wire</h3></header>
      <p className="hb-summary"><code>{wire.source}</code> → <code>{wire.target}</code></p>
      {error && <p className="hb-note hb-note-error">{error}</p>}
      <div className="hb-row-buttons">
        <Button label="Delete this wire" icon="delete" onClick={() => actions.remove([], [index])}>Delete</Button>
      </div>
    </>
  );
}

const KEYS = [
  ["Enter", "on a layer: its first field"], ["arrows", "move a layer"], ["Delete", "remove and close the gap"],
  ["Ctrl Z / Y", "undo, redo"], ["Ctrl D", "duplicate"], ["Ctrl C / V", "copy, paste"], ["Ctrl wheel", "zoom"],
];

function Hints() {
  return (
    <div className="hb-hints">
      <p className="hb-quiet">Select a layer to see all it can do.</p>
      <dl>
        {KEYS.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}
      </dl>
    </div>
  );
}
