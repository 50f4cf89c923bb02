// One layer on the canvas.
import { Handle, Position, useStore, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { FieldControl } from "../shared/FieldControl";
import { familyColour } from "../shared/families";
import { breakable, brief, passage } from "../shared/format";
import { Icon } from "../shared/Icon";
import { useWorkbench } from "./context";
import { keyFields } from "./fieldsOf";
import type { LayerFlowNode } from "./flow";
import { TroubleNote } from "./Troubles";

const FAR = 0.42; // the zoom below which a layer shows its name alone
const ROW = 25; // pixels a field takes, as in style.css

const TINY = 0.16; // below which it is a patch of colour

export const useFar = () => useStore((state) => state.transform[2] < FAR);
const useTiny = () => useStore((state) => state.transform[2] < TINY);

function LayerNodeView({ data, selected }: NodeProps<LayerFlowNode>) {
  const { actions, view, stage } = useWorkbench();
  const { node, form, report, direction, refused } = data;
  const far = useFar();
  const tiny = useTiny();
  const error = report?.error ?? null;
  const across = direction === "LR";
  const size = view.sizes.get(node.id);
  const fields = keyFields(form, node);
  const style = { "--hb-family": familyColour(form?.family) } as React.CSSProperties;
  const classes = [
    "hb-node", selected && "hb-node-selected", error && "hb-node-wrong", node.bypass && "hb-node-bypassed", refused !== undefined && "hb-node-refused",
    far && "hb-node-far",
  ].filter(Boolean).join(" ");
  const menu = (event: React.MouseEvent) => {
    if (!view.store.get().nodes.includes(node.id)) view.select([node.id]);
    view.open({ kind: "menu", at: stage.spot(event.clientX, event.clientY), on: "layer" });
  };
  if (tiny && size !== undefined) {
    return (
      <div className={`${classes} hb-node-tiny`} style={{ ...style, height: size.height }} data-testid={`node-${node.id}`}>
        {form?.inputs !== 0 && <Handle type="target" position={across ? Position.Left : Position.Top} />}
        <Handle type="source" position={across ? Position.Right : Position.Bottom} />
      </div>
    );
  }
  return (
    <div className={classes} style={style} data-testid={`node-${node.id}`}>
      {form?.inputs !== 0 && <Handle type="target" position={across ? Position.Left : Position.Top} aria-hidden="true" />}
      <div className="hb-node-head" title={form?.summary} onDoubleClick={() => view.open({ kind: "name", at: stage.spotOf(node.id), what: "title", id: node.id })}>
        <span className="hb-node-layer">{node.title ?? node.layer}</span>
        <span className="hb-node-id">{node.title === undefined ? node.id : node.layer}</span>
        {node.comment !== undefined && <span className="hb-node-mark" title={node.comment}><Icon name="comment" /></span>}
        {node.config?.trainable === false && <span className="hb-node-mark" title="frozen: it does not train"><Icon name="lock" /></span>}
        <button type="button" className="hb-node-more nodrag" tabIndex={-1} aria-label={`what can be done with ${node.id}`} onClick={menu}><Icon name="more" /></button>
      </div>
      {node.bypass && <div className="hb-node-aside">bypassed: passes its input on</div>}
      {node.shared_with !== undefined && <div className="hb-node-aside">weights of {node.shared_with}</div>}
      {far ? <div className="hb-node-name" style={{ height: fields.length * ROW + 1 }}>{breakable(node.title ?? node.layer)}</div> : (
        <div className="hb-node-fields">
          {fields.map((field) => (
            <div className="hb-node-field" key={field.name}>
              <span className="hb-node-label" title={field.help}>{field.name}</span>
              <FieldControl
                form={field} value={node.config?.[field.name]} label={`${field.name} of ${node.id}`} tabIndex={selected ? 0 : -1}
                testid={`field-${node.id}-${field.name}`} wrong={error?.field === field.name}
                onChange={(value) => actions.setField(node.id, field, value)}
              />
            </div>
          ))}
        </div>
      )}
      {error && <TroubleNote trouble={error} kind="error" on={node.id} testid={`error-${node.id}`} />}
      {report?.warnings?.map((warning) => <TroubleNote key={warning.message} trouble={warning} kind="warning" on={node.id} testid={`warning-${node.id}`} />)}
      <div className="hb-node-foot">
        <span className="hb-figures">{passage(report?.input, report?.output)}</span>
        {report?.parameters ? <span className="hb-figures" title={share(report.parameters, report.share)}>{brief(report.parameters)}</span> : null}
      </div>
      {report?.share ? <div className="hb-node-share" title={share(report.parameters, report.share)}><div style={{ width: `${100 * report.share}%` }} /></div> : null}
      <Handle type="source" position={across ? Position.Right : Position.Bottom} aria-hidden="true" />
    </div>
  );
}

/** "650 parameters, 12 % of the model's" */
export function share(parameters: number | null, part: number | null | undefined): string {
  const words = `${(parameters ?? 0).toLocaleString("en-US")} parameters`;
  return part ? `${words}, ${(100 * part).toFixed(part < 0.1 ? 1 : 0)} % of the model's` : words;
}

export const LayerNode = memo(LayerNodeView);
