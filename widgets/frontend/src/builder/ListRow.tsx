// One layer as a row.
import type { PointerEvent } from "react";
import { Button } from "../shared/Button";
import { FieldControl } from "../shared/FieldControl";
import { familyColour } from "../shared/families";
import { count, passage } from "../shared/format";
import { Icon } from "../shared/Icon";
import type { GraphNode } from "../shared/types";
import { useKnown, useView, useWorkbench } from "./context";
import { keyFields } from "./fieldsOf";
import { TroubleNote } from "./Troubles";

interface Props {
  node: GraphNode;
  index: number;
  last: number;
  /** Whether the first row is an Input, which stays there. */
  starts: boolean;
  /** Whether the model is a chain, whose rows can be moved. */
  chain: boolean;
  grouped: boolean;
  dragged: boolean;
  reads: string[] | null;
  onGrip: (event: PointerEvent) => void;
}

export function ListRow({ node, index, last, starts, chain, grouped, dragged, reads, onGrip }: Props) {
  const { actions, view, stage } = useWorkbench();
  const { forms, analysis } = useKnown();
  const { nodes } = useView();
  const selected = nodes.includes(node.id);
  const form = forms.get(node.layer);
  const report = analysis.nodes[node.id];
  const error = report?.error ?? null;
  const classes = [
    "hb-row", selected && "hb-row-selected", error && "hb-row-wrong", dragged && "hb-row-dragged", grouped && "hb-row-grouped", node.bypass && "hb-row-bypassed",
  ];
  const moveTo = (to: number) => {
    actions.moveRow(index, to);
    stage.focus(node.id);
  };
  return (
    <li
      className={classes.filter(Boolean).join(" ")} data-testid={`row-${node.id}`} data-row={node.id} tabIndex={selected || (nodes.length === 0 && index === 0) ? 0 : -1}
      aria-label={`${node.title ?? node.id}, ${node.layer}`} onFocus={() => !selected && view.select([node.id])}
      onPointerDownCapture={() => !selected && view.select([node.id])} style={{ "--hb-family": familyColour(form?.family) } as React.CSSProperties}
    >
      {chain && <span className="hb-grip" onPointerDown={onGrip} title="Drag to another place" aria-hidden="true"><Icon name="grip" /></span>}
      <div className="hb-row-name" title={form?.summary}>
        <strong>{node.title ?? node.layer}</strong>
        <span>{node.title === undefined ? node.id : node.layer}</span>
      </div>
      <div className="hb-row-fields">
        {node.bypass && <span className="hb-quiet">bypassed</span>}
        {node.shared_with !== undefined && <span className="hb-quiet">weights of {node.shared_with}</span>}
        {reads !== null && reads.length > 0 && <span className="hb-row-reads">reads {reads.join(", ")}</span>}
        {keyFields(form, node).map((field) => (
          <label key={field.name} className="hb-row-field">
            <span title={field.help}>{field.name}</span>
            <FieldControl
              form={field} value={node.config?.[field.name]} label={`${field.name} of ${node.id}`} testid={`field-${node.id}-${field.name}`}
              wrong={error?.field === field.name} onChange={(value) => actions.setField(node.id, field, value)}
            />
          </label>
        ))}
      </div>
      <div className="hb-row-facts hb-figures">
        <span>{passage(report?.input, report?.output)}</span>
        <span className="hb-quiet">{report?.parameters ? `${count(report.parameters)} parameters` : ""}</span>
      </div>
      <div className="hb-row-tools">
        {chain && <Button kind="quiet" icon="up" label={`Move ${node.id} up`} disabled={index === 0 || (index === 1 && starts)} onClick={() => moveTo(index - 1)} />}
        {chain && <Button kind="quiet" icon="down" label={`Move ${node.id} down`} disabled={index === last || (index === 0 && starts)} onClick={() => moveTo(index + 1)} />}
        <Button kind="quiet" icon="delete" label={`Delete ${node.id}`} onClick={() => actions.remove([node.id], [])} />
      </div>
      {node.comment !== undefined && <p className="hb-row-comment">{node.comment}</p>}
      {error && <div className="hb-row-trouble"><TroubleNote trouble={error} kind="error" /></div>}
      {report?.warnings?.map((warning) => <div className="hb-row-trouble" key={warning.message}><TroubleNote trouble={warning} kind="warning" /></div>)}
    </li>
  );
}
