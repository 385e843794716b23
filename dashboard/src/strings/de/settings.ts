import type * as english from "../en/settings";

export const statistics: typeof english.statistics = {
  title: "Statistik",
  today: "Heute",
  alerts: "Meldungen heute",
  knownPeople: "Bekannte Personen",
  activeCameras: "Kameras online",
  byHour: "Nach Stunde",
  twoWeeks: "Tag für Tag",
  byPerson: "Nach Person",
  byCamera: "Nach Kamera",
  known: "Bekannte",
  unknown: "Fremde",
  strangersToday: "Fremde heute",
  frames: (count) => (count === 1 ? "1 Bild" : `${count} Bilder`),
  mean: (milliseconds) => `je ${milliseconds} ms`,
  reasons: "Bilder ohne Meldung",
  reasonsHint: "Was Lookout sah und nicht meldete, und was sich dagegen tun lässt.",
  nothing: { today: "Heute nichts.", two_weeks: "In diesen zwei Wochen nichts." },
  period: "Von wann",
  periods: { today: "Heute", two_weeks: "Zwei Wochen" },
  at: (camera, count) => `${count} bei ${camera}`,
  todo: {
    no_face: "Niemand da. So sollten die meisten Bilder sein.",
    too_small: "Gesichter zu klein. Eine größere Bildgröße, oder die Kamera näher?",
    too_blurred: "Gesichter unscharf. Linse putzen; mehr Licht verkürzt die Belichtung.",
    too_dark: "Gesichter zu dunkel. Nachts das Licht einschalten?",
    turned_away: "Gesichter abgewandt. Hänge die Kamera dorthin, wohin man sieht.",
    cut_off: "Gesichter am Rand angeschnitten. Die Kamera ein wenig drehen.",
    unclear: "Gesichter zu verdeckt oder zu fern: auf ein besseres Bild wurde gewartet.",
    disarmed: "Gesehen, während nicht scharf geschaltet war, wie gewünscht.",
    muted: "Jemand, der stumm ist oder nicht mehr gemeldet wird.",
    same_visit: "Ein Besuch, der weitergeht: in seiner Meldung gezählt.",
    ambiguous: "Zwischen zwei Personen. Mehr Fotos von beiden würden helfen.",
  },
  week: "Kommen und Gehen",
  weekOf: "Wessen Woche",
  weekMore: (count) => `Nur die letzten ${count} Besuche sind gezeigt.`,
  weekNone: "Diese Woche nicht gesehen.",
  chart: (title) => `${title}: als Tabelle`,
  hour: "Stunde",
  day: "Tag",
};

export const settings: typeof english.settings = {
  title: "Einstellungen",
  armed: "Scharf",
  armedHint:
    "Ausgeschaltet werden Gesichter noch gefunden, aber nichts aufgehoben und niemand benachrichtigt.",
  when: "Wann",
  armedHours: "Nur zu diesen Stunden scharf",
  quietHours: "Ruhezeit: Meldungen werden aufgehoben, niemand wird benachrichtigt",
  from: "von",
  to: "bis",
  zone: "Zeitzone",
  whom: "Wen",
  known: "Bekannte",
  unknown: "Fremde",
  treatments: { tell: "Melden", record: "Nur aufzeichnen", ignore: "Übergehen" },
  recognition: "Erkennung",
  threshold: "Schwelle",
  thresholdHint:
    "Der größte Abstand, bei dem ein Gesicht bekannt ist. Kleiner ist strenger: weniger falsche Namen, mehr Fremde.",
  thresholdDefault: "Wie das Modell es hat",
  margin: "Vorsprung",
  marginHint:
    "Um wie viel weiter die zweitbeste Person sein muss. Sonst fragt Lookout, wer von beiden es war.",
  visits: "Besuche und Aufheben",
  visitSeconds: "Ein Besuch endet, wenn so lange niemand gesehen wurde (Sekunden)",
  retentionDays: "Meldungen werden aufgehoben (Tage)",
  telling: "Benachrichtigen",
  digest: "Von Bekannten nur die erste Ankunft eines Tages",
  channels: { email: "Per E-Mail", push: "In Browsern", webhook: "Per Webhook" },
  channelHint:
    "Ein Weg muss auch in den Einstellungen der Funktionen eingerichtet sein; siehe docs/notifications.md.",
  test: "Probe schicken",
  tested: "Geschickt. Ist sie angekommen?",
  separation: {
    lead: "Wie weit deine Fotos für Lookout auseinander liegen. Die Linie ist die Schwelle: Was links davon liegt, gilt als dieselbe Person. Zieh sie, oder nimm den Regler.",
    within: "Fotos derselben Person",
    between: "Fotos verschiedener Personen",
    line: (threshold) => `Die Schwelle: ${threshold}`,
    saved: (threshold) => `Schwelle ${threshold} gespeichert`,
    nobody: "Noch ist niemand eingetragen: Es gibt nichts zu unterscheiden.",
    toPeople: "Personen hinzufügen",
    onePerson: "Bei einer Person gibt es niemanden zum Verwechseln.",
    none: "Bei dieser Schwelle würde niemand verwechselt.",
    taken: (one, other) => `${one} und ${other}: Eine Person würde für die andere gehalten.`,
    asked: (one, other) => `${one} oder ${other}? Lookout würde fragen.`,
    near: (one, other) =>
      `${one} und ${other} liegen beide nah genug, und werden nur unterschieden, weil jede Person den eigenen Fotos näher ist. Jemand Fremdes, der so nah liegt, bekäme einen Namen.`,
    untold: (one, other) =>
      `${one} und ${other} sind einander ähnlich und haben je ein Foto: Füge mehr hinzu, um sie zu unterscheiden.`,
    more: (count) => `… und ${count} weitere`,
    ownMissed: (missed, photos) =>
      `${missed} von ${photos} eigenen Fotos würden von den anderen her nicht erkannt. Füge mehr Fotos hinzu, oder lösche die von jemand anderem.`,
    onePhoto: (names, more) =>
      `Nur ein Foto: ${names}${more > 0 ? ` und ${more} weitere` : ""}. Füge mehr hinzu; zwei oder drei werden weit besser erkannt als eins.`,
    marginOwn: (one, other, gap, margin) =>
      `Der Vorsprung ist jetzt ${margin}. Von deinen Leuten liegen ${one} und ${other} am wenigsten auseinander, ${gap}: Bei einem größeren Vorsprung würde Lookout fragen.`,
    leftOut: (count) => `Verglichen wurden die ersten ${count} Personen.`,
  },
  frames: {
    title: "Bilder und Kosten",
    idleSeconds: "Längste Pause, solange niemand da ist (Sekunden)",
    cameraFramesPerDay: "Bilder einer Kamera am Tag",
    siteFramesPerDay: "Bilder aller Kameras am Tag",
    hints: {
      idleSeconds:
        "Sobald jemand da ist, schickt eine Kamera jede Sekunde ein Bild. Länger ist billiger und verpasst, wer schnell vorbeigeht.",
      cameraFramesPerDay:
        "Was darüber hinausgeht, wird bis Mitternacht abgelehnt, und du erfährst es einmal.",
      siteFramesPerDay: "Begrenzt, was eine Flut von Bildern kosten kann; docs/cost.md rechnet es vor.",
    },
  },
  members: {
    title: "Mitglieder",
    email: "E-Mail",
    role: "Darf",
    roles: { owner: "alles ändern", viewer: "zusehen", agent: "Agent" },
    invite: "Einladen",
    invited: (email) => `${email} ist eingeladen`,
    remove: (email) => `${email} entfernen`,
    removeAsk: (email) => `${email} wird nicht mehr zusehen können.`,
  },
  receipts: {
    title: "Belege über Löschungen",
    none: "Noch ist niemand gelöscht worden.",
    number: (id) => `Nummer ${id}.`,
  },
  look: "Dieser Bildschirm",
  language: "Sprache",
  theme: "Farben",
  themes: { auto: "Wie das Gerät", light: "Hell", dark: "Dunkel" },
  cost: "Was ein Monat kostet",
  costHint:
    "Das Öffnen der Meldungen liest höchstens 30 Dokumente auf einmal. Zehnmal am Tag mit je zwei Seiten sind 18.000 Lesezugriffe im Monat; Firestore schenkt jeden Tag 50.000.",
  account: "Konto",
  signedInAs: (email) => `Angemeldet als ${email}`,
  roles: { owner: "Eigentümer", viewer: "Zuschauer" },
  signOutAll: "Überall abmelden",
  signOutAllAsk:
    "Alle deine Sitzungen enden, auf jedem Telefon und Rechner, auch diese, und keine bekommt mehr Push. Offene Seiten merken es binnen einer Minute.",
  push: {
    title: "Push in diesem Browser",
    label: "In diesem Browser Bescheid sagen",
    hint: "Auch wenn die Seite geschlossen ist.",
    isOn: "Dieser Browser bekommt Bescheid",
    isOff: "Dieser Browser bekommt keinen Bescheid mehr",
    unsupported:
      "Dieser Browser kann kein Push. Auf iPhone oder iPad: lege Lookout zuerst auf den Home-Bildschirm und öffne es von dort.",
    noKey:
      "In diesem Haus noch nicht eingerichtet: ein Besitzer muss den Push-Schlüssel in den Einstellungen eintragen.",
    noKeyOwner: "Noch nicht eingerichtet: oben, unter „Benachrichtigen“, fehlt der Push-Schlüssel.",
    key: "Push-Schlüssel",
    keyHint:
      "Aus der Firebase-Konsole: Projekteinstellungen, Cloud Messaging, Web-Push-Zertifikate, „Schlüsselpaar“. Danach lassen sich unten Browser einschalten.",
    problems: {
      denied:
        "Benachrichtigungen sind hier nicht erlaubt. Erlaube sie in den Einstellungen des Browsers für diese Seite und versuche es noch einmal.",
      key: "Der Push-Schlüssel in den Einstellungen stimmt nicht. Kopiere ihn noch einmal aus der Firebase-Konsole.",
      project:
        "Das Firebase-Projekt hat noch keine Web-App: lege in der Konsole eine an und lade diese Seite neu.",
      unreachable:
        "Der Push-Dienst des Browsers antwortet nicht. Prüfe das Netz und versuche es noch einmal.",
    },
  },
  signOut: "Abmelden",
  more: "Mehr",
};
