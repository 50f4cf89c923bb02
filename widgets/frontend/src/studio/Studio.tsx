// The studio: data and settings above, the builder in the middle, the monitor below.
import { useCallback, useMemo, useRef } from "react";
import { Builder } from "../builder/Builder";
import type { Filing } from "../builder/context";
import type { Session } from "../builder/session";
import { Monitor } from "../monitor/Monitor";
import type { MonitorSession } from "../monitor/session";
import { Disconnected, WayBack } from "../shared/Disconnected";
import { useStore } from "../shared/store";
import { useWidth } from "../shared/useWidth";
import { DataPanel } from "./DataPanel";
import { Deeds, Outcome } from "./Deeds";
import { SettingsPanel } from "./SettingsPanel";
import type { StudioSession } from "./session";

interface Props {
  studio: StudioSession;
  builder: Session;
  monitor: MonitorSession;
}

export function Studio({ studio, builder, monitor }: Props) {
  const { state, message, asked, refusals } = useStore(studio.store);
  const { status, connected: steered } = useStore(monitor.store);
  const connected = useStore(builder.store).connected && steered;
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const running = status?.state === "running" || status?.state === "paused" || status?.state === "waiting";
  const onTemplate = useCallback((name: string) => studio.ask("template", { name }), [studio]);
  const files = useMemo<Filing>(() => ({ open: (path) => studio.ask("load", { path }), save: (path) => studio.ask("save", { path }) }), [studio]);
  const busy = asked !== null || (state !== null && state.busy !== null);
  return (
    <div className={width >= 760 ? "hb-studio hb-studio-wide" : "hb-studio"} ref={root} data-testid="studio" data-ready={state !== null}>
      {!connected && <Disconnected><WayBack file={status?.file ?? null} /></Disconnected>}
      {state !== null && (
        <>
          <div className="hb-cards">
            <DataPanel data={state.data} disabled={!connected || running || busy} onChoose={(name) => studio.ask("data", { name })} />
            <SettingsPanel key={refusals} settings={state.settings} disabled={!connected} running={running} onSet={studio.set} />
          </div>
          <Deeds session={studio} training={running} disabled={!connected || busy} />
          <Outcome state={state} message={message} />
        </>
      )}
      <Builder session={builder} onTemplate={onTemplate} files={files} told />
      <Monitor session={monitor} told />
    </div>
  );
}
