// A sheet of Python: numbered lines in colours under a text field, a wrong line marked.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { indentAfter, pieces } from "./python";

const LINE = 18; // pixels, as in style.css
const TOP = 8;

interface Props {
  text: string;
  /** The number of a wrong line, from 1. */
  wrong: number | null;
  onChange: (text: string) => void;
  onApply: () => void;
  onEnter: () => void;
  onLeave: () => void;
}

export function CodePaper({ text, wrong, onChange, onApply, onEnter, onLeave }: Props) {
  const [scroll, setScroll] = useState({ left: 0, top: 0 });
  const [leaving, setLeaving] = useState(false); // after Escape, Tab leaves
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = text.split("\n");
  const coloured = useMemo(() => pieces(text), [text]);

  useEffect(() => {
    if (wrong !== null && area.current && document.activeElement !== area.current) area.current.scrollTop = Math.max(0, (wrong - 4) * LINE);
  }, [wrong]);

  /** Types as a person would, so that the browser's own undo knows of it. */
  function type(words: string) {
    if (!document.execCommand("insertText", false, words) && area.current) {
      area.current.setRangeText(words, area.current.selectionStart, area.current.selectionEnd, "end");
      onChange(area.current.value);
    }
  }

  function outdent(field: HTMLTextAreaElement) {
    const start = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
    const spaces = /^ {1,4}/.exec(field.value.slice(start))?.[0].length ?? 0;
    if (spaces === 0) return;
    const caret = Math.max(start, field.selectionStart - spaces);
    field.setSelectionRange(start, start + spaces);
    document.execCommand("delete");
    field.setSelectionRange(caret, caret);
  }

  function key(event: KeyboardEvent<HTMLTextAreaElement>) {
    const field = event.currentTarget;
    const modifier = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") setLeaving(true);
    else if (event.key === "Enter" && modifier) onApply();
    else if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      const line = field.value.slice(field.value.lastIndexOf("\n", field.selectionStart - 1) + 1, field.selectionStart);
      type(`\n${indentAfter(line)}`);
    } else if (event.key === "Tab" && !leaving) {
      if (event.shiftKey) outdent(field);
      else type("    ");
    } else {
      if (event.key !== "Tab" && event.key !== "Shift") setLeaving(false);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div className="hb-code-body">
      <div className="hb-gutter" aria-hidden="true">
        <div style={{ transform: `translateY(${-scroll.top}px)` }}>
          {lines.map((_, index) => (
            <div key={index} className={index + 1 === wrong ? "hb-line-wrong" : undefined} data-testid={index + 1 === wrong ? "code-line-wrong" : undefined}>{index + 1}</div>
          ))}
        </div>
      </div>
      <div className="hb-code-paper">
        {wrong !== null && <div className="hb-line-mark" data-testid="code-line-mark" style={{ top: (wrong - 1) * LINE + TOP - scroll.top }} />}
        <pre className="hb-code-colours" aria-hidden="true" style={{ transform: `translate(${-scroll.left}px, ${-scroll.top}px)` }}>
          {coloured.map(([kind, piece], index) => (kind === "plain" ? piece : <span key={index} className={`hb-py-${kind}`}>{piece}</span>))}
        </pre>
        <textarea
          ref={area} data-testid="code-text" aria-label="Python code. Tab indents; Escape and then Tab leaves." spellCheck={false} wrap="off" value={text}
          onChange={(event) => onChange(event.target.value)} onKeyDown={key} onFocus={() => { setLeaving(false); onEnter(); }} onBlur={onLeave}
          onScroll={(event) => setScroll({ left: event.currentTarget.scrollLeft, top: event.currentTarget.scrollTop })}
        />
      </div>
    </div>
  );
}
