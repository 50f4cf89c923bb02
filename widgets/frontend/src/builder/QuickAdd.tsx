// A short searchable list of layers, where a wire was let go or a row is to be added.
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { familyColour } from "../shared/families";
import type { LayerForm } from "../shared/types";
import { matches } from "./Palette";

interface Props {
  layers: LayerForm[];
  onChoose: (layer: string) => void;
  onClose: () => void;
  style?: React.CSSProperties;
}

export function QuickAdd({ layers, onChoose, onClose, style }: Props) {
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const found = layers.filter((form) => matches(form, wanted));

  useEffect(() => {
    const outside = (event: PointerEvent) => !box.current?.contains(event.target as Node) && onClose();
    window.addEventListener("pointerdown", outside, true);
    return () => window.removeEventListener("pointerdown", outside, true);
  }, [onClose]);
  useEffect(() => {
    box.current?.querySelector(".hb-option-at")?.scrollIntoView({ block: "nearest" });
  }, [at]);

  function key(event: KeyboardEvent) {
    event.stopPropagation();
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter" && found[at] !== undefined) onChoose(found[at].name);
    else if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else return;
    event.preventDefault();
  }

  return (
    <div className="hb-quick nodrag nowheel" ref={box} style={style} onKeyDown={key} role="dialog" aria-label="Add a layer" data-testid="quick-add">
      <input
        className="hb-input" type="search" placeholder="Add a layer" aria-label="Find a layer" autoFocus value={wanted}
        onChange={(event) => {
          setWanted(event.target.value);
          setAt(0);
        }}
      />
      <div className="hb-quick-list" role="listbox" aria-label="Layers">
        {found.map((form, index) => (
          <button
            key={form.name} type="button" role="option" aria-selected={index === at} tabIndex={-1} title={form.summary}
            className={index === at ? "hb-option hb-option-at" : "hb-option"} data-testid={`quick-${form.name}`}
            style={{ "--hb-family": familyColour(form.family) } as React.CSSProperties} onClick={() => onChoose(form.name)}
          >
            {form.name}
          </button>
        ))}
      </div>
    </div>
  );
}
