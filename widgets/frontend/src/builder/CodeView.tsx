// The model as Python text, to read and to edit. What is typed is tried after a pause; what Python refuses marks its line.
import { useEffect, useRef, useState } from "react";
import { Button } from "../shared/Button";
import { CodePaper } from "./CodePaper";
import { useKnown, useWorkbench } from "./context";
import { spoken } from "./keys";

const PAUSE = 700; // milliseconds without a key after which the text is tried

export function CodeView() {
  const { session } = useWorkbench();
  const { code, problem, codeRefused, asking } = useKnown();
  const [draft, setDraft] = useState<string | null>(null);
  const [tried, setTried] = useState<string | null>(null); // the draft that Python was last asked to take
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const inside = useRef(false);
  const text = draft ?? code;
  const taken = draft !== null && draft === tried && !asking && !codeRefused;
  const refused = draft !== null && codeRefused && !asking ? problem : null;

  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (tried === null || asking || codeRefused) return; // taken: Python's own spelling comes when the text is left
    if (!inside.current) forget();
  }, [tried, asking, codeRefused]);
  useEffect(() => {
    if (tried === null && draft !== null && !inside.current) forget(); // changed elsewhere
  }, [code]);

  function forget() {
    clearTimeout(timer.current);
    setDraft(null);
    setTried(null);
  }

  function apply(wanted = text) {
    clearTimeout(timer.current);
    if (wanted === tried || draft === null) return;
    setTried(wanted);
    session.code(wanted);
  }

  function change(next: string) {
    setDraft(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      setTried(next);
      session.code(next);
    }, PAUSE);
  }

  function leave() {
    inside.current = false;
    if (draft === null) return;
    if (draft === code || taken) forget();
    else if (draft !== tried) apply();
  }

  const word = draft === null ? "Python" : taken ? "Python, taken over" : refused ? "not taken over" : "edited";
  return (
    <section className="hb-code" aria-label="The model as Python code">
      <div className="hb-code-bar">
        <span className="hb-quiet" data-testid="code-word">{word}</span>
        <span className="hb-spring" />
        {draft !== null && !taken && <Button kind="quiet" label="Take back what was typed" testid="code-revert" onClick={forget}>Revert</Button>}
        <Button
          kind={draft !== null && !taken ? "primary" : "plain"} label={`Apply the code (${spoken("Mod+Enter")})`} testid="code-apply"
          disabled={draft === null || taken || asking} onClick={() => apply()}
        >
          Apply
        </Button>
      </div>
      {refused && <p className="hb-note hb-note-error" role="alert" data-testid="code-problem">{refused.message}</p>}
      <CodePaper text={text} wrong={refused?.line ?? null} onChange={change} onApply={() => apply()} onEnter={() => { inside.current = true; }} onLeave={leave} />
    </section>
  );
}
