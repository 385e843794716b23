import {
  Activity,
  ChartColumn,
  ChevronRight,
  Compass,
  LogOut,
  type LucideIcon,
  Settings,
  Smartphone,
} from "lucide-preact";
import { signOut } from "../../firebase/session";
import { to } from "../../state/route";
import { isOwner } from "../../state/session";
import { t } from "../../strings";

/** What a phone's bottom row has no room for. */
export function MorePage() {
  const { nav, welcome } = t();
  const places: [string, LucideIcon, string][] = [
    ["statistics", ChartColumn, nav.statistics],
    ["status", Activity, t().status.title],
    ["settings", Settings, nav.settings],
    ["phone", Smartphone, welcome.phone],
    ["welcome", Compass, welcome.again],
  ];
  return (
    <div class="page narrow stack">
      <header>
        <h1>{nav.more}</h1>
      </header>
      {places
        .filter(([page]) => isOwner.value || page === "statistics" || page === "settings")
        .map(([page, Icon, label]) => (
          <a class="card row plain-link" href={to(page)} key={page}>
            <Icon aria-hidden="true" /> <b class="grow">{label}</b> <ChevronRight aria-hidden="true" />
          </a>
        ))}
      <button type="button" class="button" onClick={() => void signOut()}>
        <LogOut size={20} aria-hidden="true" /> {t().signOut}
      </button>
    </div>
  );
}
