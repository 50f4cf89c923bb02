// Everything about what is selected, to read and to change.
import { useEffect, useState } from "react";
import { Button } from "../shared/Button";
import { FieldControl } from "../shared/FieldControl";
import { familyColour } from "../shared/families";
import { brief, count, passage } from "../shared/format";
import type { FieldForm, GraphNode } from "../shared/types";
import { useKnown, useView, useWorkbench } from "./context";
import { group as groupIn, groupTitle } from "./groups";
import { GroupInspector, Hints, Several, WireInspector } from "./inspecting";
import { TroubleNote } from "./Troubles";
import { Wiring } from "./Wiring";

export function Inspector() {
  const { document } = useKnown();
  const { nodes, edges } = useView();
  const node = nodes.length === 1 ? document.nodes.find((each) => each.id === nodes[0]) : undefined;
  const group = nodes.length === 1 ? groupIn(document, nodes[0]!) : undefined;
  return (
    <aside className="hb-inspector" aria-label="Inspector" data-testid="inspector">
      {node ? <NodeInspector key={node.id} node={node} />
        : group ? <GroupInspector key={group.id} group={group} title={groupTitle(group)} />
        : nodes.length > 1 ? <Several />
        : edges.length === 1 ? <WireInspector index={edges[0]!} />
        : <Hints />}
    </aside>
  );
}

function NodeInspector({ node }: { node: GraphNode }) {
  const { actions, view, stage } = useWorkbench();
  const { forms, analysis } = useKnown();
  const form = forms.get(node.layer);
  const inputs = form === undefined ? 1 : form.inputs;
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
      {report?.error && <TroubleNote trouble={report.error} kind="error" />}
      {report?.warnings?.map((warning) => <TroubleNote key={warning.message} trouble={warning} kind="warning" />)}
      <dl className="hb-facts">
        <dt>shape</dt><dd>{passage(report?.input, report?.output)}</dd>
        <dt>parameters</dt><dd>{count(report?.parameters)}{report?.share ? `, ${(100 * report.share).toFixed(report.share < 0.1 ? 1 : 0)} %` : ""}</dd>
        {report?.flops ? <><dt>FLOPs a sample</dt><dd>{brief(report.flops)}</dd></> : null}
      </dl>
      <Words node={node} />
      {fields.filter((field) => !field.advanced).map((field) => <Row key={field.name} node={node} field={field} />)}
      {advanced.length > 0 && (
        <details className="hb-fold">
          <summary>Advanced</summary>
          {advanced.map((field) => <Row key={field.name} node={node} field={field} />)}
        </details>
      )}
      {form === undefined && <pre className="hb-raw">{JSON.stringify(node.config ?? {}, null, 1)}</pre>}
      <Wiring node={node} inputs={inputs} />
      {form && form.help !== form.summary && (
        <details className="hb-fold">
          <summary>About {node.layer}</summary>
          <p className="hb-help">{form.help}</p>
        </details>
      )}
      <div className="hb-row-buttons">
        <Button label={`Replace ${node.id} by another layer`} icon="swap" onClick={() => view.open({ kind: "replace", at: stage.spotOf(node.id), node: node.id })}>Replace</Button>
        {inputs === 1 && <Button label={`${node.bypass ? "Use" : "Bypass"} ${node.id}`} onClick={() => actions.bypass([node.id])}>{node.bypass ? "Use again" : "Bypass"}</Button>}
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
        testid={`inspect-${node.id}-${field.name}`} wrong={analysis.nodes[node.id]?.error?.field === field.name} roomy
        onChange={(value) => actions.setField(node.id, field, value)}
      />
    </div>
  );
}

/** What a person calls the layer and writes beside it. */
function Words({ node }: { node: GraphNode }) {
  const { actions } = useWorkbench();
  const [title, setTitle] = useState(node.title ?? "");
  const [comment, setComment] = useState(node.comment ?? "");
  useEffect(() => setTitle(node.title ?? ""), [node.title]);
  useEffect(() => setComment(node.comment ?? ""), [node.comment]);
  const keep = (key: "title" | "comment", text: string) => text.trim() !== (node[key] ?? "") && actions.label(node.id, key, text);
  return (
    <details className="hb-fold" open={node.title !== undefined || node.comment !== undefined}>
      <summary>Name and comment</summary>
      <input
        className="hb-input" placeholder={node.id} aria-label={`name of ${node.id}`} value={title} maxLength={200} data-testid={`title-${node.id}`}
        onChange={(event) => setTitle(event.target.value)} onBlur={() => keep("title", title)} onKeyDown={(event) => event.key === "Enter" && keep("title", title)}
      />
      <textarea
        className="hb-input hb-comment" rows={2} placeholder="a comment" aria-label={`comment on ${node.id}`} value={comment} maxLength={10_000}
        data-testid={`comment-${node.id}`} onChange={(event) => setComment(event.target.value)} onBlur={() => keep("comment", comment)}
      />
    </details>
  );
}
