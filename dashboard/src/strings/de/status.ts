import type * as english from "../en/status";

export const status: typeof english.status = {
  title: "Wie es läuft",
  cameras: "Kameras",
  states: { active: "online", offline: "offline", disabled: "abgeschaltet" },
  never: "noch kein Bild",
  agents: "Agenten",
  agentStates: { up: "da", silent: "still", stopped: "angehalten" },
  noAgents: "Kein Agent hat sich gemeldet. Ohne ihn schicken Kameras Bilder, lassen sich aber nicht steuern.",
  telling: "Benachrichtigungen der letzten Stunde",
  told: (count) => (count === 1 ? "1 Benachrichtigung verschickt" : `${count} Benachrichtigungen verschickt`),
  waiting: (count) => (count === 1 ? "1 ist unterwegs" : `${count} sind unterwegs`),
  seconds: (median, longest) => `${median} s nach dem Bild, höchstens ${longest} s`,
  errors: "Fehler der letzten Stunde",
  noErrors: "Keine.",
  noErrorsHere:
    "Keine, die hier Spuren hinterlassen haben. Das Protokoll der Funktionen ist von hier nicht lesbar; vielleicht sagt es mehr.",
  kinds: {
    undelivered: "Nicht zugestellt",
    picture_missing: "Ohne Bild",
    over_budget: "Über dem Budget",
    job_unfinished: "Unterbrochen",
    command_failed: "Befehl nicht ausgeführt",
    server_error: "Fehler im Protokoll",
  },
  month: "Dieser Monat bisher",
  dollars: (amount) => `etwa ${amount} US-Dollar`,
  frames: (count) => `${count} Bilder wurden beurteilt. Die Rechnung steht in der Google-Cloud-Konsole.`,
  versions: "Versionen",
  version: (version) => `Lookout ${version}`,
  network: (network) => `Die Personen sind mit ${network} erfasst.`,
  noNetwork: "Noch ist niemand erfasst.",
};
