// The model as Python text, to read and to edit.
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Button } from "../shared/Button";
import { useKnown, useWorkbench } from "./context";

const LINE = 18; // pixels, as in style.css

export function CodeView() {
  const { session } = useWorkbench();
  const { code, problem, codeRefused, asking } = useKnown();
  const [draft, setDraft] = useState<string | null>(null);
  const [scroll, setScroll] = useState(0);
  const [asked, setAsked] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const text = draft ?? code;
  const changed = draft !== null && draft !== code;
  const refused = asked && codeRefused ? problem : null;
  const line = refused?.line ?? null;

  useEffect(() => {
    if (!asked || asking) return;
    if (problem === null) {
      setDraft(null);
      setAsked(false);
    }
  }, [asking, asked, problem, code]);

  function apply() {
    if (!changed) return;
    setAsked(true);
    session.code(text);
  }

  function key(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      apply();
    } else if (event.key === "Escape") area.current?.blur();
  }

  const lines = text.split("\n").length;
  return (
    <section className="hb-code" aria-label="The model as Python code">
      <div className="hb-code-bar">
        <span className="hb-quiet">{changed ? "edited, not applied yet" : "Python"}</span>
        <span className="hb-spring" />
        {changed && <Button kind="quiet" label="Take back what was typed" onClick={() => { setDraft(null); setAsked(false); }}>Revert</Button>}
        <Button kind={changed ? "primary" : "plain"} label="Apply the code (Ctrl Enter)" testid="code-apply" disabled={!changed || asking} onClick={apply}>
          Apply
        </Button>
      </div>
      {refused && <p className="hb-note hb-note-error" role="alert" data-testid="code-problem">{refused.message}</p>}
      <div className="hb-code-body">
        <div className="hb-gutter" aria-hidden="true">
          <div style={{ transform: `translateY(${-scroll}px)` }}>
            {Array.from({ length: lines }, (_, index) => (
              <div key={index} className={index + 1 === line ? "hb-line-wrong" : undefined}>{index + 1}</div>
            ))}
          </div>
        </div>
        <div className="hb-code-paper">
          {line !== null && <div className="hb-line-mark" style={{ top: (line - 1) * LINE + 8 - scroll }} />}
          <textarea
            ref={area} data-testid="code-text" aria-label="Python code" spellCheck={false} wrap="off" value={text}
            onChange={(event) => setDraft(event.target.value)} onKeyDown={key} onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
          />
        </div>
      </div>
    </section>
  );
}
