// A line of Python to be copied.
import { useState } from "react";
import { Button } from "../shared/Button";

export function Code({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const board = navigator.clipboard as Clipboard | undefined; // absent on pages that are not secure
  return (
    <span className="hb-run-code">
      <code>{text}</code>
      {board !== undefined && (
        <Button kind="quiet" icon="copy" label="Copy this line" testid="row-copy" onClick={() => void board.writeText(text).then(() => setCopied(true), () => setCopied(false))}>
          {copied ? "Copied" : "Copy"}
        </Button>
      )}
    </span>
  );
}
