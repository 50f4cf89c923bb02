import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

interface Props {
  label: string;
  onClick: () => void;
  icon?: IconName;
  testid?: string;
  title?: string;
  disabled?: boolean;
  kind?: "plain" | "primary" | "danger" | "quiet";
  children?: ReactNode;
}

export function Button({ label, onClick, icon, testid, title, disabled, kind = "plain", children }: Props) {
  return (
    <button
      type="button" className={`hb-button hb-button-${kind}`} data-testid={testid} aria-label={label} title={title ?? label}
      disabled={disabled} onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      {children !== undefined && <span className="hb-button-text">{children}</span>}
    </button>
  );
}
