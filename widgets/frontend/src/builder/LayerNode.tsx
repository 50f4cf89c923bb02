// One layer on the canvas.
import { Handle, Position, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { FieldControl } from "../shared/FieldControl";
import { familyColour } from "../shared/families";
import { count, passage } from "../shared/format";
import { useWorkbench } from "./context";
import { keyFields } from "./fieldsOf";
import type { LayerFlowNode } from "./flow";

function LayerNodeView({ data, selected }: NodeProps<LayerFlowNode>) {
  const { actions } = useWorkbench();
  const { node, form, report, direction } = data;
  const error = report?.error ?? null;
  const across = direction === "LR";
  const style = { "--hb-family": familyColour(form?.family) } as React.CSSProperties;
  const classes = ["hb-node", selected && "hb-node-selected", error && "hb-node-wrong"].filter(Boolean).join(" ");
  return (
    <div className={classes} style={style} data-testid={`node-${node.id}`}>
      {form?.inputs !== 0 && <Handle type="target" position={across ? Position.Left : Position.Top} aria-label={`input of ${node.id}`} />}
      <div className="hb-node-head" title={form?.summary}>
        <span className="hb-node-layer">{node.layer}</span>
        <span className="hb-node-id">{node.id}</span>
      </div>
      {node.shared_with !== undefined && <div className="hb-node-shared">weights of {node.shared_with}</div>}
      <div className="hb-node-fields">
        {keyFields(form, node).map((field) => (
          <div className="hb-node-field" key={field.name}>
            <span className="hb-node-label" title={field.help}>{field.name}</span>
            <FieldControl
              form={field} value={node.config?.[field.name]} label={`${field.name} of ${node.id}`}
              testid={`field-${node.id}-${field.name}`} wrong={error?.field === field.name}
              onChange={(value) => actions.setField(node.id, field, value)}
            />
          </div>
        ))}
      </div>
      {error && <div className="hb-node-error" data-testid={`error-${node.id}`}>{error.message}</div>}
      <div className="hb-node-foot">
        <span className="hb-figures">{passage(report?.input, report?.output)}</span>
        {report?.parameters ? <span className="hb-figures" title="parameters">{count(report.parameters)}</span> : null}
      </div>
      <Handle type="source" position={across ? Position.Right : Position.Bottom} aria-label={`output of ${node.id}`} />
    </div>
  );
}

export const LayerNode = memo(LayerNodeView);
