// A short searchable list at a point of the builder: layers to add, nodes to connect to or to find.
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { familyColour } from "../shared/families";
import { ranked } from "./searching";

export interface Choice {
  id: string;
  title: string;
  /** Said quietly beside the title. */
  detail?: string;
  /** More words to find it by. */
  words?: string;
  family?: string;
  /** Why it cannot be chosen. */
  reason?: string;
  /** Opens a part of the list. */
  heading?: string;
}

interface Props {
  label: string;
  placeholder: string;
  choices: Choice[];
  testid: string;
  empty?: string;
  onChoose: (id: string) => void;
  onClose: () => void;
  /** Called as another choice is looked at. */
  onLook?: (id: string) => void;
  /** What may be chosen beside what is listed, for what is typed. */
  typed?: (wanted: string) => Choice | null;
}

/** Those found, best first; of those that match about as well, the ones that can be chosen. */
export function search(choices: Choice[], wanted: string): Choice[] {
  if (wanted.trim() === "") return choices;
  const shut = (choice: Choice, found: number) => 10 * (found <= 1 ? 0 : found <= 3 ? 1 : 2) + (choice.reason === undefined ? 0 : 5) + found;
  const as = ({ title, detail, words }: Choice) => ({ name: title, words: `${detail ?? ""} ${words ?? ""}` });
  return ranked(choices, wanted, as, shut).map(({ heading: _, ...choice }) => choice);
}

export function Picker({ label, placeholder, choices, testid, empty, onChoose, onClose, onLook, typed }: Props) {
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const own = typed?.(wanted.trim()) ?? null;
  const found = [...search(choices, wanted), ...(own === null ? [] : [own])];
  const current = found[Math.min(at, found.length - 1)];

  useEffect(() => {
    list.current?.querySelector(".hb-option-at")?.scrollIntoView({ block: "nearest" });
    if (current !== undefined) onLook?.(current.id);
  }, [current?.id]);

  function key(event: KeyboardEvent) {
    event.stopPropagation();
    if (event.key === "Escape") onClose();
    else if (event.key === "Enter") {
      if (current !== undefined && current.reason === undefined) onChoose(current.id);
    } else if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key !== "Tab") return;
    event.preventDefault();
  }

  return (
    <div className="hb-picker" onKeyDown={key} role="dialog" aria-label={label} data-testid={testid}>
      <input
        className="hb-input" type="search" placeholder={placeholder} aria-label={label} autoFocus value={wanted} role="combobox"
        aria-expanded="true" aria-controls={`${id}list`} aria-activedescendant={current && `${id}${current.id}`} autoComplete="off"
        onChange={(event) => {
          setWanted(event.target.value);
          setAt(0);
        }}
      />
      <div className="hb-picker-list" role={found.length > 0 ? "listbox" : "status"} id={`${id}list`} aria-label={label} ref={list}>
        {found.map((choice, index) => (
          <div key={choice.id} role="presentation">
            {choice.heading !== undefined && <h4 role="presentation">{choice.heading}</h4>}
            <button
              type="button" role="option" id={`${id}${choice.id}`} aria-selected={choice === current} aria-disabled={choice.reason !== undefined}
              tabIndex={-1} title={choice.reason ?? choice.words} className={choice === current ? "hb-option hb-option-at" : "hb-option"}
              data-testid={`quick-${choice.id}`} style={{ "--hb-family": familyColour(choice.family) } as React.CSSProperties}
              onPointerMove={() => setAt(index)} onClick={() => choice.reason === undefined && onChoose(choice.id)}
            >
              <span className="hb-option-title">{choice.title}</span>
              {choice.detail !== undefined && <span className="hb-option-detail hb-figures">{choice.detail}</span>}
            </button>
          </div>
        ))}
        {found.length === 0 && <p className="hb-quiet hb-picker-empty">{empty ?? "Nothing is called that."}</p>}
      </div>
      {current?.reason !== undefined && <p className="hb-picker-reason">{current.reason}</p>}
    </div>
  );
}
