// All keys, and what the mouse and the fingers do.
import { useEffect, useRef, type KeyboardEvent } from "react";
import { Button } from "../shared/Button";
import { COMMANDS, titleOf, type Section } from "./commands";
import { useWorkbench } from "./context";
import { spoken } from "./keys";

const SECTIONS: Section[] = ["File", "Add", "Layer", "Edit", "Group", "Arrange", "View"];
const WALKING: [string[], string][] = [
  [["ArrowRight"], "to the next layer that way"], [["Shift+ArrowRight"], "and keep the one left selected"],
  [["Mod+ArrowRight"], "move what is selected"], [["Mod+Shift+ArrowRight"], "move it far"],
  [["Tab"], "to the fields of the selected layer, then on"], [["Escape"], "out of a field, to its layer"],
];
const POINTING: [string, string][] = [
  ["drag from the palette", "adds a layer: on the canvas, on a wire, on a layer"], ["drag from a dot", "draws a wire; let go in the void for layers that fit"],
  ["double-click the canvas", "adds a layer there"], ["double-click a name", "changes it"], ["Shift and drag", "selects what the box holds"],
  ["Shift click", "adds to what is selected"], ["right click, or press long", "all that can be done there"], ["Ctrl wheel, or pinch", "zooms"],
  ["wheel, when the canvas is clicked", "moves the model"],
];

export function Help({ onClose }: { onClose: () => void }) {
  const bench = useWorkbench();
  const box = useRef<HTMLDivElement>(null);
  const keys = useRef<HTMLDivElement>(null);
  useEffect(() => keys.current?.focus({ preventScroll: true }), []);
  function key(event: KeyboardEvent) {
    event.stopPropagation();
    if (event.key === "Tab") (document.activeElement === keys.current ? box.current?.querySelector("button") : keys.current)?.focus(); // there is nothing else
    else if (event.key === "Escape" || event.key === "?") onClose();
    else return;
    event.preventDefault();
  }
  return (
    <div className="hb-help" role="dialog" aria-modal="true" aria-label="Keys" ref={box} onKeyDown={key} data-testid="help-sheet">
      <div className="hb-help-head">
        <h3>Keys, mouse and touch</h3>
        <Button kind="quiet" icon="close" label="Close" onClick={onClose} />
      </div>
      <div className="hb-help-columns" ref={keys} tabIndex={0} role="group" aria-label="All keys">
        {SECTIONS.map((section) => (
          <section key={section}>
            <h4>{section}</h4>
            <dl>
              {COMMANDS.filter((each) => each.section === section && each.keys).map((each) => (
                <div key={each.id}><dt>{each.keys!.map((name) => <kbd key={name}>{spoken(name)}</kbd>)}</dt><dd>{titleOf(each, bench)}</dd></div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h4>Walking</h4>
          <dl>{WALKING.map(([names, what]) => <div key={what}><dt>{names.map((name) => <kbd key={name}>{spoken(name)}</kbd>)}</dt><dd>{what}</dd></div>)}</dl>
        </section>
        <section>
          <h4>Mouse and touch</h4>
          <dl>{POINTING.map(([how, what]) => <div key={how}><dt>{how}</dt><dd>{what}</dd></div>)}</dl>
        </section>
        <section>
          <h4>Code</h4>
          <dl>
            <div><dt><kbd>Tab</kbd></dt><dd>indents; <kbd>Esc</kbd> first, and it leaves</dd></div>
            <div><dt><kbd>{spoken("Mod+Enter")}</kbd></dt><dd>applies at once</dd></div>
          </dl>
        </section>
      </div>
    </div>
  );
}
