import type { common as english } from "../en/common";
import { deliveryInGerman } from "./delivery";
import { toldInGerman } from "./told";

const wrongPassword =
  "E-Mail und Passwort passen nicht zusammen. Noch einmal, oder ein neues Passwort anfordern.";

export const common: typeof english = {
  name: "Lookout",
  nav: {
    label: "Seiten",
    now: "Jetzt",
    people: "Personen",
    strangers: "Fremde",
    cameras: "Kameras",
    statistics: "Statistik",
    settings: "Einstellungen",
    more: "Mehr",
    skip: "Zum Inhalt",
  },
  back: "Zurück",
  close: "Schließen",
  cancel: "Abbrechen",
  save: "Speichern",
  saved: "Gespeichert",
  undo: "Rückgängig",
  again: "Noch einmal",
  remove: "Entfernen",
  copy: "Kopieren",
  copied: "Kopiert",
  loading: "Einen Moment …",
  unknown: "Unbekannt",
  nameRule: "Höchstens 100 Zeichen, und nicht nur Leerzeichen.",
  noPicture: "Kein Bild",
  offline: "Kein Netz. Was hier steht, ist von vorhin; es geht von selbst weiter.",
  broken: {
    text: "Diese Seite hat ihre Verbindung endgültig verloren. Was hier steht, ist von vorhin. Lade sie neu.",
    again: "Neu laden",
  },
  crashed: {
    title: "Diese Seite lässt sich nicht zeigen",
    hint: "Etwas darauf ist nicht, wie es sein soll. Versuche es noch einmal, oder öffne eine andere Seite.",
  },
  messages: "Mitteilungen",
  dismiss: "Ausblenden",
  viewerOnly: "Du darfst zusehen. Ändern dürfen nur Eigentümer.",
  start: {
    failed: "Lookout antwortet nicht.",
    hint: "Prüfe das Netz und versuche es noch einmal.",
  },
  signIn: {
    title: "Anmelden",
    lead: "Wer an der Tür ist, und wer es war.",
    email: "E-Mail",
    password: "Passwort",
    submit: "Anmelden",
    google: "Mit Google anmelden",
    forgot: "Passwort vergessen?",
    forgotTitle: "Ein neues Passwort",
    forgotHint: "Wir schicken einen Link an diese Adresse. Dort wählst du ein neues Passwort.",
    send: "Link schicken",
    sent: (email) => `Wenn ${email} hier ein Konto hat, ist eine Mail unterwegs.`,
    toSignIn: "Zurück zum Anmelden",
    errors: {
      "invalid-credential": wrongPassword,
      "wrong-password": wrongPassword,
      "user-not-found": wrongPassword,
      "invalid-email": "Das ist keine E-Mail-Adresse.",
      "missing-password": "Das Passwort fehlt.",
      "user-disabled": "Dieses Konto ist geschlossen. Frage einen Eigentümer.",
      "too-many-requests": "Zu viele Versuche. Warte ein paar Minuten, oder fordere ein neues Passwort an.",
      "popup-blocked":
        "Der Browser hat das Fenster von Google blockiert. Erlaube es und versuche es noch einmal.",
      "account-exists-with-different-credential": "Diese Adresse meldet sich hier mit einem Passwort an.",
      "unauthorized-domain":
        "Das Projekt lässt diese Adresse noch nicht mit Google anmelden: siehe docs/deploy.md.",
      "network-request-failed": "Kein Netz. Prüfe es und versuche es noch einmal.",
    },
    failed: "Das Anmelden hat nicht geklappt. Versuche es noch einmal.",
  },
  nobody: {
    title: "Du bist angemeldet, aber noch nicht eingelassen",
    lead: (email) =>
      `Ein Eigentümer dieses Hauses kann ${email} einlassen: in den Einstellungen, unter Mitglieder.`,
    first: "Bist du der Erste? Auf dem Rechner, auf dem Lookout eingerichtet wurde:",
    waiting: "Danach öffnet sich diese Seite innerhalb einer Minute von selbst.",
    check: "Noch einmal nachsehen",
    notYet: "Noch nicht.",
  },
  signOut: "Abmelden",
  told: (sentence) => toldInGerman(sentence) ?? deliveryInGerman(sentence) ?? `Lookout meldet: „${sentence}“`,
  errors: {
    unknown: "Etwas ist schiefgegangen. Versuche es noch einmal.",
    refused: "Das wurde abgelehnt: so lässt es sich nicht speichern. Prüfe, was du eingegeben hast.",
    call: {
      unreachable: "Lookout antwortet nicht. Prüfe das Netz und versuche es noch einmal.",
      unauthorised: "Deine Sitzung ist zu Ende. Melde dich wieder an.",
      forbidden: "Das darf nur ein Eigentümer.",
      internal: "Auf dem Server ist etwas schiefgegangen. Versuche es noch einmal.",
    },
    store: {
      denied: "Das darf nur ein Eigentümer.",
      gone: "Das gibt es nicht mehr.",
      missing: "Das Bild gibt es nicht mehr.",
      unreachable: "Lookout antwortet nicht. Prüfe das Netz und versuche es noch einmal.",
      broken: "Diese Seite hat ihre Verbindung endgültig verloren. Lade sie neu.",
      other: "Etwas ist schiefgegangen. Versuche es noch einmal.",
    },
  },
};
