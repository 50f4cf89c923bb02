// The inspector of what is no single layer: several of them, a group, a wire, nothing.
import { Button } from "../shared/Button";
import { FieldControl } from "../shared/FieldControl";
import { count, passage } from "../shared/format";
import type { FieldForm, Group } from "../shared/types";
import { COMMANDS, command, isAble, titleOf } from "./commands";
import { useKnown, useWorkbench } from "./context";
import { spoken } from "./keys";
import { Fixes } from "./Troubles";

/** Commands as buttons with their names. */
function Deeds({ ids }: { ids: string[] }) {
  const bench = useWorkbench();
  useKnown();
  return (
    <div className="hb-row-buttons">
      {ids.map((id) => {
        const deed = command(id);
        const title = titleOf(deed, bench);
        return <Button key={id} label={title} icon={deed.icon} testid={`deed-${id}`} disabled={!isAble(deed, bench)} onClick={() => deed.run(bench)}>{title.split(",")[0]}</Button>;
      })}
    </div>
  );
}

export function Several() {
  const { actions } = useWorkbench();
  const lines = COMMANDS.filter((each) => /^(align|distribute)-/.test(each.id)).map((each) => each.id);
  return (
    <>
      <header className="hb-inspector-head"><h3>{actions.layers().length} layers</h3></header>
      <Deeds ids={["group", "repeat", "duplicate", "delete"]} />
      <details className="hb-fold" open>
        <summary>In line</summary>
        <Deeds ids={lines} />
      </details>
    </>
  );
}

const TIMES: FieldForm = {
  name: "repeat", control: "integer", required: true, default: null, minimum: 1, maximum: 1000, choices: null, advanced: false,
  help: "how many times the group is applied, each copy with weights of its own",
};

export function GroupInspector({ group, title }: { group: Group; title: string }) {
  const { actions } = useWorkbench();
  const { analysis } = useKnown();
  const report = analysis.groups?.[group.id];
  return (
    <>
      <header className="hb-inspector-head"><h3>{title}</h3><code>{group.id}</code></header>
      <p className="hb-summary">A group of {group.nodes.length} {group.nodes.length === 1 ? "layer" : "layers"}{group.repeat ? `, applied ${group.repeat} times` : ""}.</p>
      {report && (
        <dl className="hb-facts">
          <dt>shape</dt><dd>{passage([report.input], report.output)}</dd>
          <dt>parameters</dt><dd>{count(report.parameters)}</dd>
        </dl>
      )}
      <div className="hb-field">
        <span className="hb-field-label" title={TIMES.help}>repeat</span>
        <FieldControl form={TIMES} value={group.repeat ?? 1} label={`how many times ${title} is applied`} testid={`repeat-${group.id}`} roomy onChange={(times) => void actions.repeat(Number(times), group.id)} />
      </div>
      <Deeds ids={["name", "collapse", "ungroup", "block", "duplicate", "delete"]} />
    </>
  );
}

export function WireInspector({ index }: { index: number }) {
  const { document, analysis } = useKnown();
  const wire = document.edges[index];
  if (wire === undefined) return <Hints />;
  const report = analysis.edges.find((edge) => edge.source === wire.source && edge.target === wire.target);
  return (
    <>
      <header className="hb-inspector-head"><h3>Wire</h3></header>
      <p className="hb-summary"><code>{wire.source}</code> → <code>{wire.target}</code></p>
      {report && <div className="hb-trouble hb-trouble-error"><p><span>{report.error}</span></p><Fixes fixes={report.fixes ?? []} /></div>}
      <Deeds ids={["add", "delete"]} />
    </>
  );
}

const KEYS: [string, string][] = [
  ["/", "add a layer"], ["ArrowRight", "walk from layer to layer"], ["Enter", "change its first field"], ["Delete", "remove and close the gap"],
  ["Mod+Z", "undo"], ["Shift+F10", "all that can be done here"], ["?", "all keys"],
];

export function Hints() {
  return (
    <div className="hb-hints">
      <p className="hb-quiet">Select a layer to see all it can do.</p>
      <dl>{KEYS.map(([key, what]) => <div key={key}><dt><kbd>{spoken(key)}</kbd></dt><dd>{what}</dd></div>)}</dl>
    </div>
  );
}
