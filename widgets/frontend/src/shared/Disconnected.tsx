// Says that the kernel is gone, and what can be done.
import type { ReactNode } from "react";
import { Icon } from "./Icon";

export function Disconnected({ children }: { children?: ReactNode }) {
  return (
    <div className="hb-note hb-note-warning hb-message" role="alert" data-testid="disconnected">
      <Icon name="warning" />
      <span>Disconnected: the kernel no longer answers.{children}</span>
    </div>
  );
}

/** How the training in a run's file is gone on with. */
export function WayBack({ file }: { file: string | null }) {
  if (file === null) return null;
  return (
    <> The run's file is <code>{file}</code>: <code>kit.resume({JSON.stringify(file)}, X, y)</code> goes on with it, <code>kit.load({JSON.stringify(file)})</code> opens it.</>
  );
}
