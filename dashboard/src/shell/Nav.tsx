import {
  Activity,
  Bell,
  Cctv,
  ChartColumn,
  type LucideIcon,
  Menu,
  Settings,
  UserRoundSearch,
  UsersRound,
} from "lucide-preact";
import { route, to } from "../state/route";
import { isOwner } from "../state/session";
import { t } from "../strings";
import { Logo } from "../ui/Logo";

interface Place {
  page: string;
  icon: LucideIcon;
  label: string;
  wide?: boolean;
}

/** Along the bottom of a phone, at the side of anything wider. */
export function Nav() {
  const words = t().nav;
  const here = route.value.path[0] ?? "";
  const places: Place[] = [
    { page: "", icon: Bell, label: words.now },
    { page: "people", icon: UsersRound, label: words.people },
    { page: "strangers", icon: UserRoundSearch, label: words.strangers },
    { page: "cameras", icon: Cctv, label: words.cameras },
    { page: "statistics", icon: ChartColumn, label: words.statistics, wide: true },
    ...(isOwner.value ? [{ page: "status", icon: Activity, label: t().status.title, wide: true }] : []),
    { page: "settings", icon: Settings, label: words.settings, wide: true },
  ];
  const inMore = ["more", "statistics", "status", "settings", "welcome", "phone"].includes(here);
  return (
    <nav class="nav" aria-label={words.label}>
      <span class="brand">
        <Logo size={30} /> {t().name}
      </span>
      {places.map(({ page, icon: Icon, label, wide }) => (
        <a
          key={page}
          href={to(page)}
          class={wide ? "wide" : ""}
          aria-current={here === page || (page === "" && here === "alerts") ? "page" : undefined}
        >
          <Icon size={24} aria-hidden="true" />
          {label}
        </a>
      ))}
      <a href={to("more")} class="narrow-only" aria-current={inMore ? "page" : undefined}>
        <Menu size={24} aria-hidden="true" />
        {words.more}
      </a>
    </nav>
  );
}
