// A note on the canvas.
import { NodeResizer, type NodeProps } from "@xyflow/react";
import { memo, useEffect, useState } from "react";
import { useWorkbench } from "./context";
import type { NoteFlowNode } from "./flow";

function NoteView({ data, selected }: NodeProps<NoteFlowNode>) {
  const { actions } = useWorkbench();
  const { note } = data;
  const [text, setText] = useState(note.text);
  useEffect(() => setText(note.text), [note.text]);
  const keep = () => text !== note.text && actions.changeNote(note.id, { text });
  return (
    <div className={selected ? "hb-paper hb-paper-selected" : "hb-paper"} data-testid={`note-${note.id}`}>
      <NodeResizer
        isVisible={selected} minWidth={120} minHeight={60} color="var(--hb-accent)"
        onResizeEnd={(_, { x, y, width, height }) =>
          actions.changeNote(note.id, { size: [Math.round(width), Math.round(height)], position: [Math.round(x), Math.round(y)] })}
      />
      <div className="hb-note-head" title="drag the note by this edge" />
      <textarea
        className="nodrag nowheel" value={text} placeholder="Write a note" aria-label={`text of ${note.id}`} tabIndex={selected ? 0 : -1} maxLength={10_000}
        spellCheck={false} onChange={(event) => setText(event.target.value)} onBlur={keep}
      />
    </div>
  );
}

export const NoteNode = memo(NoteView);
