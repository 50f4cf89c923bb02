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

interface Props {
  node: GraphNode;
  index: number;
  last: number;
  /** Whether the first row is an Input, which stays there. */
  starts: boolean;
  editable: boolean;
  dragged: boolean;
  onGrip: (event: PointerEvent) => void;
}

export function ListRow({ node, index, last, starts, editable, dragged, onGrip }: Props) {
  const { actions, view } = useWorkbench();
  const { forms, analysis } = useKnown();
  const selected = useView().nodes.includes(node.id);
  const form = forms.get(node.layer);
  const report = analysis.nodes[node.id];
  const classes = ["hb-row", selected && "hb-row-selected", report?.error && "hb-row-wrong", dragged && "hb-row-dragged"];
  return (
    <li
      className={classes.filter(Boolean).join(" ")} data-testid={`row-${node.id}`} onPointerDownCapture={() => view.select([node.id])}
      onFocus={() => view.select([node.id])} style={{ "--hb-family": familyColour(form?.family) } as React.CSSProperties}
    >
      {editable && <span className="hb-grip" onPointerDown={onGrip} title="Drag to another place" aria-hidden="true"><Icon name="grip" /></span>}
      <div className="hb-row-name" title={form?.summary}>
        <strong>{node.layer}</strong>
        <span>{node.id}</span>
      </div>
      <div className="hb-row-fields">
        {node.shared_with !== undefined && <span className="hb-quiet">weights of {node.shared_with}</span>}
        {keyFields(form, node).map((field) => (
          <label key={field.name} className="hb-row-field">
            <span title={field.help}>{field.name}</span>
            <FieldControl
              form={field} value={node.config?.[field.name]} label={`${field.name} of ${node.id}`} disabled={!editable}
              testid={`field-${node.id}-${field.name}`} wrong={report?.error?.field === field.name}
              onChange={(value) => actions.setField(node.id, field, value)}
            />
          </label>
        ))}
      </div>
      <div className="hb-row-facts hb-figures">
        <span>{passage(report?.input, report?.output)}</span>
        <span className="hb-quiet">{report?.parameters ? `${count(report.parameters)} parameters` : ""}</span>
      </div>
      {editable && (
        <div className="hb-row-tools">
          <Button kind="quiet" icon="up" label={`Move ${node.id} up`} disabled={index === 0 || (index === 1 && starts)} onClick={() => actions.moveRow(index, index - 1)} />
          <Button kind="quiet" icon="down" label={`Move ${node.id} down`} disabled={index === last || (index === 0 && starts)} onClick={() => actions.moveRow(index, index + 1)} />
          <Button kind="quiet" icon="delete" label={`Delete ${node.id}`} onClick={() => actions.remove([node.id], [])} />
        </div>
      )}
      {report?.error && <p className="hb-row-error">{report.error.message}</p>}
    </li>
  );
}
