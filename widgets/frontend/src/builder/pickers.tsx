// The lists one picks from: a layer to add or to put in place of another, a node to connect to or to find.
import { useEffect, useState } from "react";
import { shape } from "../shared/format";
import type { LayerForm, Suggestion } from "../shared/types";
import { useKnown, useWorkbench } from "./context";
import { node as nodeOf } from "./document";
import { group, groupTitle } from "./groups";
import { Picker, type Choice } from "./Picker";
import type { Destination } from "./view";

const LIKELY = 6; // suggestions that stand before all others

const plain = (form: LayerForm): Choice => ({ id: form.name, title: form.name, family: form.family, words: `${form.family} ${form.summary}` });

/** The layers that fit first, likeliest first and with the shape they give; then the others, with the reason where they don't. */
export function layerChoices(forms: LayerForm[], suggested: Suggestion[], others: Record<string, string>): Choice[] {
  const byName = new Map(forms.map((form) => [form.name, form]));
  const fitting = suggested.flatMap(({ layer, output }) => {
    const form = byName.get(layer);
    return form === undefined ? [] : [{ ...plain(form), ...(output !== null && { detail: `→ ${shape(output)}` }) }];
  });
  const seen = new Set(suggested.map((each) => each.layer));
  const rest = forms.filter((form) => !seen.has(form.name)).map((form) => ({ ...plain(form), ...(others[form.name] && { reason: others[form.name] }) }));
  const [open, shut] = [rest.filter((each) => !("reason" in each)), rest.filter((each) => "reason" in each)];
  return [
    ...headed("likeliest", fitting.slice(0, LIKELY)), ...headed(fitting.length > 0 ? "these fit too" : undefined, [...fitting.slice(LIKELY), ...open]),
    ...headed("do not fit here", shut),
  ];
}

function headed(heading: string | undefined, choices: Choice[]): Choice[] {
  return choices.map((choice, index) => (index === 0 && heading !== undefined ? { ...choice, heading } : choice));
}

export function AddPicker({ to, onClose }: { to: Destination; onClose: () => void }) {
  const { actions } = useWorkbench();
  const { layers, blocks } = useKnown();
  const [answer, setAnswer] = useState<Awaited<ReturnType<typeof actions.suggest>>>(null);
  useEffect(() => {
    let here = true;
    void actions.suggest(to).then((found) => here && setAnswer(found));
    return () => void (here = false);
  }, [actions, to]);
  const entrance = to.source === undefined && (to.row === undefined || to.row === 0);
  const open = layers.filter((form) => form.inputs !== 0 || entrance);
  const own = to.place !== undefined && to.source === undefined && to.target === undefined ? blocks : [];
  const choices = [
    ...layerChoices(open, answer?.layers ?? [], answer?.others ?? {}),
    ...headed("blocks", own.map((block) => ({ id: `block:${block.name}`, title: block.name, detail: `${block.layers.length} layers` }))),
  ];
  function choose(id: string) {
    if (id.startsWith("block:")) void actions.addBlock(id.slice(6), to.place);
    else actions.addTo(id, to, answer?.layers.find((each) => each.layer === id)?.config);
    onClose();
  }
  return <Picker label="Add a layer" placeholder="Add a layer" testid="quick-add" empty="No layer is called that." choices={choices} onChoose={choose} onClose={onClose} />;
}

export function ReplacePicker({ node, onClose }: { node: string; onClose: () => void }) {
  const { actions } = useWorkbench();
  const { layers, document } = useKnown();
  const now = nodeOf(document, node)?.layer;
  const [form, entrance] = [actions.form(now ?? ""), actions.inputs(node) === 0];
  const kin = (each: LayerForm) => (each.family === form?.family ? 0 : 1);
  const choices = layers.filter((each) => each.name !== now && (each.inputs === 0) === entrance).sort((a, b) => kin(a) - kin(b)).map(plain);
  return (
    <Picker
      label={`Replace ${node} by`} placeholder={`Replace ${now} by`} testid="replace" choices={choices} onClose={onClose}
      onChoose={(layer) => {
        void actions.replace(node, layer);
        onClose();
      }}
    />
  );
}

export function ConnectPicker({ source, onClose }: { source: string; onClose: () => void }) {
  const { actions, session } = useWorkbench();
  const { document, forms } = useKnown();
  const [ends, setEnds] = useState<Record<string, string | null>>({});
  useEffect(() => {
    let here = true;
    void session.ask("wire", { source }).then((answer) => here && setEnds((answer?.ends ?? {}) as Record<string, string | null>));
    return () => void (here = false);
  }, [session, source]);
  const choices = document.nodes.filter((each) => each.id !== source).map((each): Choice => {
    const reason = ends[each.id] ?? actions.refusal(source, each.id);
    return { id: each.id, title: each.title ?? each.id, detail: each.layer, family: forms.get(each.layer)?.family, ...(reason !== null && { reason }) };
  });
  const sorted = [...choices].sort((a, b) => Number(a.reason !== undefined) - Number(b.reason !== undefined));
  return (
    <Picker
      label={`Connect ${source} to`} placeholder={`Connect ${source} to`} testid="connect" choices={sorted} onClose={onClose}
      empty="There is no such layer." onChoose={(target) => {
        actions.connect(source, target);
        onClose();
      }}
    />
  );
}

export function FindPicker({ onClose }: { onClose: () => void }) {
  const { view, stage } = useWorkbench();
  const { document, forms } = useKnown();
  const found = (id: string) => {
    const home = document.groups?.find((each) => each.collapsed && each.nodes.includes(id));
    return home === undefined || view.store.get().tab !== "canvas" ? id : home.id;
  };
  const look = (id: string) => {
    view.select([found(id)]);
    stage.reveal(found(id));
  };
  const choices: Choice[] = [
    ...document.nodes.map((each) => ({
      id: each.id, title: each.title ?? each.id, detail: each.layer, family: forms.get(each.layer)?.family, words: `${each.id} ${each.comment ?? ""} ${JSON.stringify(each.config ?? {})}`,
    })),
    ...(document.groups ?? []).map((each) => ({ id: each.id, title: groupTitle(group(document, each.id)!), detail: `group of ${each.nodes.length}` })),
    ...(document.notes ?? []).map((each) => ({ id: each.id, title: each.text.split("\n")[0] || each.id, detail: "note", words: each.text })),
  ];
  return (
    <Picker
      label="Find in the model" placeholder="Find a layer, a setting, a note" testid="find-list" choices={choices} onClose={onClose} onLook={look}
      empty="Nothing in the model matches." onChoose={(id) => {
        look(id);
        onClose();
      }}
    />
  );
}
