// A group: a frame around its layers, or one node in their place where it is collapsed.
import { Handle, Position, type NodeProps } from "@xyflow/react";
import { memo } from "react";
import { familyColour } from "../shared/families";
import { brief, passage } from "../shared/format";
import { Icon } from "../shared/Icon";
import type { Group, GroupReport } from "../shared/types";
import { useWorkbench } from "./context";
import type { GroupFlowNode } from "./flow";
import { groupTitle } from "./groups";
import { share, useFar } from "./LayerNode";

function Head({ group, className }: { group: Group; className: string }) {
  const { actions, view, stage } = useWorkbench();
  const ask = (what: "group" | "repeat") => {
    view.select([group.id]);
    view.open({ kind: "name", at: stage.spotOf(group.id), what, id: group.id });
  };
  const shut = group.collapsed === true;
  return (
    <div className={className} onDoubleClick={() => ask("group")}>
      <button
        type="button" className="hb-group-fold nodrag" tabIndex={-1} aria-expanded={!shut} data-testid={`fold-${group.id}`}
        aria-label={shut ? `Open ${groupTitle(group)}` : `Collapse ${groupTitle(group)}`} onClick={() => actions.collapse([group.id])}
      >
        <Icon name={shut ? "shut" : "open"} />
      </button>
      <span className="hb-group-title">{groupTitle(group)}</span>
      <button
        type="button" className={group.repeat ? "hb-group-times hb-group-repeated nodrag" : "hb-group-times nodrag"} tabIndex={-1} data-testid={`times-${group.id}`}
        title={group.repeat ? `applied ${group.repeat} times, each with weights of its own` : "repeat this group"}
        aria-label={`repeat ${groupTitle(group)}: ${group.repeat ?? 1} times`} onClick={() => ask("repeat")}
      >
        ×{group.repeat ?? 1}
      </button>
      <button
        type="button" className="hb-node-more nodrag" tabIndex={-1} aria-label={`what can be done with ${groupTitle(group)}`}
        onClick={(event) => {
          view.select([group.id]);
          view.open({ kind: "menu", at: stage.spot(event.clientX, event.clientY), on: "group" });
        }}
      >
        <Icon name="more" />
      </button>
    </div>
  );
}

const message = (report: GroupReport | undefined) =>
  typeof report?.error === "string" ? report.error : report?.error?.message;

function FrameView({ data, selected }: NodeProps<GroupFlowNode>) {
  const { group, report } = data;
  const wrong = message(report);
  return (
    <div className={selected ? "hb-frame hb-frame-selected" : "hb-frame"} data-testid={`frame-${group.id}`}>
      <Head group={group} className="hb-frame-head" />
      {wrong !== undefined && <p className="hb-frame-error">{wrong}</p>}
    </div>
  );
}

function BlockView({ data, selected }: NodeProps<GroupFlowNode>) {
  const { group, report, direction, inside, families, refused } = data;
  const across = direction === "LR";
  const far = useFar();
  const wrong = message(report) ?? inside;
  const classes = ["hb-node hb-block", selected && "hb-node-selected", wrong && "hb-node-wrong", refused !== undefined && "hb-node-refused", far && "hb-node-far"];
  return (
    <div className={classes.filter(Boolean).join(" ")} data-testid={`block-${group.id}`}>
      {group.repeat ? <div className="hb-block-copies" aria-hidden="true" /> : null}
      <Handle type="target" position={across ? Position.Left : Position.Top} isConnectable={false} aria-hidden="true" />
      <div className="hb-block-bands" aria-hidden="true">
        {families.map((family) => <i key={family} style={{ background: familyColour(family) }} />)}
      </div>
      <Head group={group} className="hb-block-head" />
      {far ? <div className="hb-node-name" style={{ height: 26 }}>{groupTitle(group)}</div> : (
        <div className="hb-node-aside">{group.nodes.length} {group.nodes.length === 1 ? "layer" : "layers"}{group.repeat ? `, ${group.repeat} times` : ""}</div>
      )}
      {wrong !== undefined && <div className="hb-trouble hb-trouble-error"><p><Icon name="warning" /><span>{wrong}</span></p></div>}
      <div className="hb-node-foot">
        <span className="hb-figures">{passage(report ? [report.input] : undefined, report?.output)}</span>
        {report?.parameters ? <span className="hb-figures" title={share(report.parameters, report.share)}>{brief(report.parameters)}</span> : null}
      </div>
      {report?.share ? <div className="hb-node-share"><div style={{ width: `${100 * report.share}%` }} /></div> : null}
      <Handle type="source" position={across ? Position.Right : Position.Bottom} isConnectable={false} aria-hidden="true" />
    </div>
  );
}

export const FrameNode = memo(FrameView);
export const BlockNode = memo(BlockView);
