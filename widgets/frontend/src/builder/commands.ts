// All commands: what they are called, on which keys, for what, and what they do. Keys, menus, buttons and help read this table.
import type { IconName } from "../shared/Icon";
import type { Axis, Line } from "./align";
import type { Workbench } from "./context";
import { node as nodeOf } from "./document";
import { group } from "./groups";
import { note } from "./notes";
import type { MenuTarget, NameWhat, Popover, Spot } from "./view";

export type Section = "File" | "Add" | "Layer" | "Edit" | "Group" | "Arrange" | "View";

export interface Command {
  id: string;
  title: string | ((bench: Workbench) => string);
  section: Section;
  keys?: string[];
  /** In whose context menu it stands. */
  on?: MenuTarget[];
  icon?: IconName;
  /** Whether the browser's own event goes on, as for copying. */
  native?: boolean;
  able?: (bench: Workbench) => boolean;
  run: (bench: Workbench) => void;
}

const one = ({ view, session }: Workbench) => {
  const { nodes } = view.store.get();
  return nodes.length === 1 && nodeOf(session.store.get().document, nodes[0]!) ? nodes[0]! : null;
};
const anyLayer = ({ actions }: Workbench) => actions.layers().length > 0;
const several = ({ actions }: Workbench) => actions.layers().length > 1;
const anyGroup = ({ actions }: Workbench) => actions.chosenGroups().length > 0;
const anything = ({ view }: Workbench) => view.store.get().nodes.length + view.store.get().edges.length > 0;
const anyNode = ({ session }: Workbench) => session.store.get().document.nodes.length > 0;
const onCanvas = ({ view }: Workbench) => view.store.get().tab === "canvas";
/** Whether a layer is selected that does something: not an Input alone. */
const someWork = ({ actions }: Workbench) => actions.layers().some((id) => actions.inputs(id) !== 0);
const oneGroup = (bench: Workbench) => bench.actions.chosenGroups().length === 1;

/** Opens something beside what is selected. */
function open(bench: Workbench, popover: (at: Spot) => Popover) {
  bench.view.open(popover(bench.stage.spotOf(bench.view.store.get().nodes[0])));
}

function ask(bench: Workbench, what: NameWhat, id: string | null | undefined) {
  if (id) open(bench, (at) => ({ kind: "name", at, what, id }));
}

/** What the menu key is for: what is selected, else the canvas. */
export function menuTarget({ view, session }: Workbench): MenuTarget {
  const { nodes, edges } = view.store.get();
  const { document } = session.store.get();
  if (nodes.length > 0 && nodes.every((id) => note(document, id))) return "note";
  if (nodes.length > 0) return nodes.every((id) => group(document, id)) ? "group" : "layer";
  return edges.length > 0 ? "wire" : "canvas";
}

function addLayer(bench: Workbench) {
  const { view, session, stage, actions } = bench;
  const { edges } = view.store.get();
  const wire = edges.length === 1 ? session.store.get().document.edges[edges[0]!] : undefined;
  const sources = actions.layers();
  const source = sources.at(-1);
  const to = wire ? { source: wire.source, target: wire.target } : source !== undefined ? { source, sources } : {};
  view.open({ kind: "add", at: stage.spotOf(source), to });
}

const LINES: [Line, string][] = [
  ["left", "Align left edges"], ["centre", "Align centres"], ["right", "Align right edges"],
  ["top", "Align tops"], ["middle", "Align middles"], ["bottom", "Align bottoms"],
];
const AXES: [Axis, string][] = [[0, "Distribute across"], [1, "Distribute down"]];

export const COMMANDS: Command[] = [
  { id: "open", title: "Open a file…", section: "File", keys: ["Mod+O"], icon: "folder", run: ({ view, stage }) => view.open({ kind: "open", at: stage.corner() }) },
  { id: "save", title: "Save to a file…", section: "File", keys: ["Mod+Shift+S"], icon: "save", able: anyNode, run: ({ view, stage }) => view.open({ kind: "save", at: stage.corner() }) },
  { id: "add", title: "Add a layer…", section: "Add", keys: ["/", "Insert"], on: ["canvas", "layer", "wire"], icon: "plus", run: addLayer },
  {
    id: "note", title: "Add a note", section: "Add", keys: ["N"], on: ["canvas"], icon: "note", able: onCanvas,
    run: ({ actions, stage }) => {
      const id = actions.addNote(stage.free([200, 110]));
      stage.focus(id);
    },
  },
  {
    id: "edit", title: "Change its first field", section: "Layer", keys: ["Enter"], able: ({ view }) => view.store.get().nodes.length === 1,
    run: ({ stage, view }) => stage.element(view.store.get().nodes[0]!)?.querySelector<HTMLElement>("input, select, textarea")?.focus(),
  },
  {
    id: "name", title: "Name…", section: "Layer", keys: ["F2"], on: ["layer", "group"], able: (bench) => one(bench) !== null || oneGroup(bench),
    run: (bench) => (one(bench) === null ? ask(bench, "group", bench.actions.chosenGroups()[0]) : ask(bench, "title", one(bench))),
  },
  { id: "comment", title: "Comment…", section: "Layer", keys: ["M"], on: ["layer"], able: (bench) => one(bench) !== null, run: (bench) => ask(bench, "comment", one(bench)) },
  {
    id: "replace", title: "Replace by…", section: "Layer", keys: ["R"], on: ["layer"], icon: "swap", able: (bench) => one(bench) !== null,
    run: (bench) => open(bench, (at) => ({ kind: "replace", at, node: one(bench)! })),
  },
  {
    id: "connect", title: "Connect to…", section: "Layer", keys: ["C"], on: ["layer"], able: (bench) => one(bench) !== null,
    run: (bench) => open(bench, (at) => ({ kind: "connect", at, source: one(bench)! })),
  },
  { id: "bypass", title: "Bypass, or use again", section: "Layer", keys: ["B"], on: ["layer"], able: someWork, run: ({ actions }) => actions.bypass() },
  { id: "freeze", title: "Freeze, or train again", section: "Layer", keys: ["Shift+F"], on: ["layer"], able: someWork, run: ({ actions }) => actions.freeze() },
  { id: "undo", title: "Undo", section: "Edit", keys: ["Mod+Z"], able: ({ session }) => session.store.get().undo !== null, run: ({ session }) => session.tell("undo") },
  {
    id: "redo", title: "Redo", section: "Edit", keys: ["Mod+Shift+Z", "Mod+Y"], able: ({ session }) => session.store.get().redo !== null,
    run: ({ session }) => session.tell("redo"),
  },
  { id: "cut", title: "Cut", section: "Edit", keys: ["Mod+X"], on: ["layer", "group"], native: true, able: anyLayer, run: (bench) => copyThen(bench, bench.actions.remove) },
  { id: "copy", title: "Copy", section: "Edit", keys: ["Mod+C"], on: ["layer", "group"], native: true, able: anyLayer, run: (bench) => copyThen(bench) },
  { id: "paste", title: "Paste layers or Python code", section: "Edit", keys: ["Mod+V"], on: ["canvas", "layer"], native: true, run: (bench) => void pasteFrom(bench) },
  { id: "duplicate", title: "Duplicate", section: "Edit", keys: ["Mod+D"], on: ["layer", "group"], icon: "copy", able: anyLayer, run: ({ actions }) => actions.duplicate() },
  {
    id: "delete", title: "Delete, and close the gap", section: "Edit", keys: ["Delete", "Backspace"], on: ["layer", "group", "note", "wire"], icon: "delete",
    able: anything, run: ({ actions, stage }) => {
      actions.remove();
      stage.focus();
    },
  },
  { id: "all", title: "Select everything", section: "Edit", keys: ["Mod+A"], on: ["canvas"], run: ({ actions }) => actions.selectAll() },
  { id: "none", title: "Select nothing", section: "Edit", keys: ["Escape"], able: anything, run: ({ view }) => view.select([]) },
  { id: "group", title: "Group", section: "Group", keys: ["Mod+G"], on: ["layer"], icon: "group", able: anyLayer, run: ({ actions }) => void actions.group() },
  { id: "ungroup", title: "Ungroup", section: "Group", keys: ["Mod+Shift+G"], on: ["group", "layer"], able: anyGroup, run: ({ actions }) => actions.ungroup() },
  {
    id: "collapse", title: "Collapse, or open", section: "Group", keys: ["E"], on: ["group", "layer"], able: anyGroup,
    run: ({ actions }) => actions.collapse(),
  },
  {
    id: "repeat", title: "Repeat…", section: "Group", keys: ["X"], on: ["group", "layer"], able: anyLayer,
    run: (bench) => ask(bench, "repeat", bench.actions.chosenGroups()[0] ?? bench.actions.layers()[0]),
  },
  { id: "block", title: "Keep as a block…", section: "Group", keys: ["K"], on: ["group", "layer"], able: anyLayer, run: (bench) => ask(bench, "block", bench.actions.layers()[0]) },
  ...LINES.map(([line, title]): Command => ({ id: `align-${line}`, title, section: "Arrange", able: several, run: ({ actions }) => actions.align(line) })),
  ...AXES.map(([axis, title]): Command => ({
    id: `distribute-${axis}`, title, section: "Arrange", able: ({ actions }) => actions.layers().length > 2, run: ({ actions }) => actions.distribute(axis),
  })),
  {
    id: "tidy", title: "Tidy: lay the model out anew", section: "Arrange", keys: ["T"], on: ["canvas"], icon: "tidy", able: onCanvas,
    run: ({ actions, stage }) => {
      actions.tidy();
      setTimeout(() => stage.fit(), 320);
    },
  },
  {
    id: "direction", title: ({ view }) => (view.store.get().direction === "LR" ? "Lay out from top to bottom" : "Lay out from left to right"),
    section: "Arrange", keys: ["Shift+T"], able: onCanvas, run: ({ actions, view, stage }) => {
      actions.tidy(view.store.get().direction === "LR" ? "TB" : "LR");
      setTimeout(() => stage.fit(), 320);
    },
  },
  { id: "find", title: "Find in the model…", section: "View", keys: ["Mod+F"], on: ["canvas"], icon: "search", run: (bench) => open(bench, (at) => ({ kind: "find", at })) },
  { id: "fit", title: "Fit: show the whole model", section: "View", keys: ["F", "."], on: ["canvas"], icon: "fit", able: onCanvas, run: ({ stage }) => stage.fit() },
  { id: "closer", title: "Zoom in", section: "View", keys: ["+", "="], able: onCanvas, run: ({ stage }) => stage.zoom(1.3) },
  { id: "farther", title: "Zoom out", section: "View", keys: ["-"], able: onCanvas, run: ({ stage }) => stage.zoom(1 / 1.3) },
  { id: "natural", title: "Natural size", section: "View", keys: ["0"], able: onCanvas, run: ({ stage }) => stage.natural() },
  {
    id: "map", title: "Show or hide the map", section: "View", keys: ["Shift+M"], on: ["canvas"], able: onCanvas,
    run: ({ view, session }) => view.store.set({ map: !mapShown(view.store.get().map, session.store.get().document.nodes.length) }),
  },
  {
    id: "menu", title: "All that can be done here", section: "View", keys: ["ContextMenu", "Shift+F10"],
    run: (bench) => open(bench, (at) => ({ kind: "menu", at, on: menuTarget(bench) })),
  },
  { id: "help", title: "These keys", section: "View", keys: ["?", "F1"], on: ["canvas"], icon: "help", run: ({ view }) => view.open({ kind: "help" }) },
];

export const command = (id: string) => COMMANDS.find((each) => each.id === id)!;
export const titleOf = (each: Command, bench: Workbench) => (typeof each.title === "string" ? each.title : each.title(bench));
export const isAble = (each: Command, bench: Workbench) => each.able === undefined || each.able(bench);

/** Whether the map is shown: as asked for, else where a model is long. */
export const mapShown = (asked: boolean | null, size: number) => asked ?? size > 7;

function copyThen({ actions }: Workbench, then?: () => void) {
  const text = actions.copy();
  if (text === null) return;
  void navigator.clipboard?.writeText(text).catch(() => undefined);
  then?.();
}

async function pasteFrom({ actions, stage }: Workbench) {
  const text = await navigator.clipboard?.readText().catch(() => "");
  await actions.paste(text ?? "", stage.middle());
}
