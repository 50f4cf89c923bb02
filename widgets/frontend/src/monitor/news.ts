// What is worth telling somebody who looks elsewhere: a run ends, fails, or reaches its target.
import { figure } from "../shared/format";
import type { RunStatus, Target } from "../shared/types";

export interface News {
  title: string;
  body: string;
  /** The same in every tab: the browser then shows it once. */
  tag: string;
}

const ENDS: Partial<Record<RunStatus["state"], string>> = { done: "is done", stopped: "was stopped", failed: "failed" };

export const isAlive = ({ state }: RunStatus) => !(state in ENDS);

/** A target as people write it: "val_loss ≤ 0.1". */
export const inWords = ({ metric, value, rises }: Target) => `${metric} ${rises ? "≥" : "≤"} ${figure(value)}`;

/** What has happened between two states of a run. Nothing where they are of two runs, or of a file. */
export function newsBetween(before: RunStatus | null, now: RunStatus | null): News[] {
  if (before === null || now === null || before.name !== now.name || now.past !== undefined) return [];
  const told: News[] = [];
  const { target } = now;
  if (target && target.epoch !== null && before.target?.epoch === null && inWords(before.target) === inWords(target)) {
    told.push({ title: `${now.name} reached ${inWords(target)}`, body: `in epoch ${target.epoch} of ${now.epochs}`, tag: `hornbook ${now.name} target` });
  }
  const end = ENDS[now.state];
  if (end !== undefined && isAlive(before)) {
    const values = Object.entries(now.values).map(([name, value]) => `${name} ${figure(value)}`).join(", ");
    told.push({ title: `${now.name} ${end}`, body: now.error?.message ?? values, tag: `hornbook ${now.name} end` });
  }
  return told;
}
