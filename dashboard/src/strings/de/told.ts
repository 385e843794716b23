import { translation } from "../../domain/told";

/** What the functions and the agent say in English; a test holds it against their sources. */
const table: Record<string, string> = {
  // everywhere
  "Something went wrong here; the log says what. Try again.":
    "Hier ist etwas schiefgegangen; das Protokoll sagt, was. Versuche es noch einmal.",
  "Too many {}: at most {} a minute. Wait {} s.":
    "Zu viele Versuche: höchstens {1} in der Minute. Warte {2} s.",
  "{} did not answer ({}); try again.": "{} hat nicht geantwortet ({}). Versuche es noch einmal.",
  "Too many changes at once; try again.": "Zu viele Änderungen auf einmal. Versuche es noch einmal.",
  "The sign-in cannot be checked at the moment; try again.":
    "Die Anmeldung lässt sich gerade nicht prüfen. Versuche es noch einmal.",
  "This takes the role {}; you are signed in with {}.": "Dafür fehlt dir die Rolle ({}).",
  // members
  "This is the last owner: make somebody else an owner first.":
    "Das ist der letzte Eigentümer: mache zuerst jemand anderen dazu.",
  "{} is no e-mail address.": "{} ist keine E-Mail-Adresse.",
  "{} is the account of an agent: invite another address.":
    "{} ist das Konto eines Agenten: lade eine andere Adresse ein.",
  "There is no member {}.": "Dieses Mitglied gibt es nicht mehr.",
  "Firebase Auth did not answer ({}); try again.":
    "Firebase Auth hat nicht geantwortet ({}). Versuche es noch einmal.",
  // alerts, strangers and people
  "There is no alert {}.": "Diese Meldung gibt es nicht mehr.",
  "There is no stranger {}.": "Diese fremde Person gibt es nicht mehr.",
  "There is no person {}.": "Diese Person gibt es nicht mehr.",
  "There is no person {}: send a name to make one.":
    "Diese Person gibt es nicht mehr: gib einen neuen Namen ein.",
  "Something else is being done with one of them: try again in a minute.":
    "Mit einem davon geschieht gerade etwas anderes. Versuche es in einer Minute noch einmal.",
  "{} is just being merged, named or erased: try again in a minute.":
    "Das wird gerade zusammengeführt, benannt oder gelöscht. Versuche es in einer Minute noch einmal.",
  "It was given up meanwhile.": "Es wurde inzwischen aufgegeben.",
  "A person cannot be merged into themselves: name another one.":
    "Eine Person ist schon sie selbst: wähle eine andere.",
  "{} was merged into {}.": "Das ist schon mit einem anderen Eintrag zusammengeführt.",
  "{} was deleted meanwhile.": "{} wurde inzwischen gelöscht.",
  "A stranger cannot be merged into itself: name another one.": "Wähle zwei verschiedene Fremde.",
  "Stranger {} was merged into {}.": "Das ist schon mit jemand anderem zusammengeführt.",
  "{} was deleted meanwhile: {} is a stranger again.":
    "{} wurde inzwischen gelöscht: es ist wieder jemand Fremdes.",
  "Stranger {} {} named {}: correct the alerts, or merge the two people.":
    "Das ist inzwischen {2}: berichtige die Meldungen, oder führe die beiden Personen zusammen.",
  "Stranger {} is being named: it is a person in a minute.":
    "Diese fremde Person bekommt gerade einen Namen: in einer Minute ist sie bekannt.",
  "A name is a text of 1 to {} characters.": "Ein Name hat 1 bis {} Zeichen.",
  "A name has no control characters and no line breaks.":
    "Ein Name hat keine Steuerzeichen und keine Zeilenumbrüche.",
  // cameras
  "A camera needs a name.": "Eine Kamera braucht einen Namen.",
  "There is no camera {}.": "Diese Kamera gibt es nicht mehr.",
  "There is no camera yet.": "Es gibt noch keine Kamera.",
  "There is a camera {} already: choose another id.": "Eine Kamera {} gibt es schon: wähle eine andere Id.",
  "No camera is registered with the address {}.": "Zu der Adresse {} gibt es keine Kamera.",
  "Camera {} has no agent: set its agentId to the one in its network.":
    "Diese Kamera hat keinen Agenten: wähle unten den in ihrem Netz.",
  "Camera {} has the address {} already.": "Die Kamera {} hat die Adresse {} schon.",
  "{} must not be empty.": "Das darf nicht leer sein.",
  "{} must be a text of at most 100 characters.": "Höchstens 100 Zeichen.",
  "{}={} is no private IPv4 address such as 192.168.1.100 or 192.168.1.100:81.":
    "{1} ist keine private IPv4-Adresse wie 192.168.1.100 oder 192.168.1.100:81.",
  "{}={} cannot be an agent's id: use up to 64 letters, digits, _ and -.":
    "{1} kann nicht die Id eines Agenten sein: bis zu 64 Buchstaben, Ziffern, _ und -.",
  "{} must be {} or {}.": "Das geht nicht: nur {1} oder {2}.",
  "{} must be a whole number from {} to {}, or null: as the site has it.":
    "Nötig ist eine ganze Zahl von {1} bis {2}, oder nichts: dann gilt, was im ganzen Haus gilt.",
  "{} must be true, false, or null: as the site has it.": "Nötig ist ja, nein oder wie im ganzen Haus.",
  "{} must be true or false.": "Nötig ist ja oder nein.",
  "{} must be a number of degrees from {} to {}, or null: {}.":
    "Nötig ist eine Zahl von {1} bis {2} Grad, oder nichts: dann {3}.",
  "{} must be 0, 90, 180 or 270, the degrees to turn the picture clockwise, or null: not known.":
    "Nötig sind 0, 90, 180 oder 270 Grad.",
  "{} must be {}, or null: as the site has it.":
    "Nötig ist {1}, oder nichts: dann gilt, was im ganzen Haus gilt.",
  "{}: a camera has at most {} places: remove one first.":
    "Eine Kamera hat höchstens {1} Orte: entferne zuerst einen.",
  "{}: two places are called {}.": "Zwei Orte heißen {1}.",
  "{}: a name is a text of 1 to {} characters, not between double underscores.":
    "Ein Name hat 1 bis {1} Zeichen und steht nicht zwischen doppelten Unterstrichen.",
  "{}: a name has no control characters and no line breaks.":
    "Ein Name hat keine Steuerzeichen und keine Zeilenumbrüche.",
  "{}: {} needs pan from 0 to {} and tilt from 0 to {}, in whole degrees, and nothing else.":
    "{1} braucht einen Schwenk von 0 bis {2} und eine Neigung von 0 bis {3} ganzen Grad.",
  // steering
  "Camera {} was still at an earlier command, so this one was not carried out and never will be; try again.":
    "Die Kamera war noch mit dem vorigen Befehl beschäftigt; dieser wird nicht ausgeführt. Versuche es noch einmal.",
  "Agent {} did not take the command, so it was not carried out and never will be. The agent has been silent for {}.":
    "Der Agent {} hat den Befehl nicht angenommen; er wird nicht ausgeführt. Der Agent schweigt seit {}.",
  "Agent {} was never seen: pair it and start it.": "Der Agent {} war noch nie da: koppele und starte ihn.",
  "Agent {} was stopped {} ago: start it again.": "Der Agent {} wurde vor {} angehalten: starte ihn wieder.",
  "Agent {} has been silent for {}: is its machine on, and online?":
    "Der Agent {} schweigt seit {}: Ist sein Rechner an und im Netz?",
  "The camera did not do it.": "Die Kamera hat es nicht getan.",
  "The agent took the command, but the camera did not answer in time.":
    "Der Agent hat den Befehl angenommen, aber die Kamera hat nicht rechtzeitig geantwortet.",
  "The camera's ipAddress {} has an impossible port.":
    "Die Adresse {} der Kamera hat einen unmöglichen Port.",
  "The agent's settings do not allow calls to {}: see networks in agent.toml.":
    "Die Einstellungen des Agenten erlauben {} nicht: siehe networks in agent.toml.",
  "The camera's ipAddress {} is no IPv4 address such as 192.168.1.100; correct it.":
    "Die Adresse {} der Kamera ist keine IPv4-Adresse wie 192.168.1.100: berichtige sie.",
  "The camera's command map {} is none of {}.": "Den Sketch {} kennt der Agent nicht, nur {}.",
  "The camera's command map has no {}: its firmware does not do that.":
    "Für {} hat der Sketch keine Adresse: Er kann das nicht.",
  "The template of {} in the camera's command map is no path such as /{}.":
    "Die Adresse für {} ist kein Pfad wie /{}.",
  "The template of {} makes a path of more than {} bytes.": "Die Adresse für {} wird länger als {} Bytes.",
  "The template of {} has {}, which {} has no value for.": "In der Adresse für {} ist für {} nichts da.",
  "framesize {} is none of {}.": "Die Bildgröße {} gibt es nicht, nur {}.",
  "The camera answered {}; does its firmware know this?": "Die Kamera antwortet {}: Kennt ihr Sketch das?",
  "The camera answered with more than {} KB.": "Die Kamera antwortet mit mehr als {} KB.",
  "The camera at {} did not answer within {} s: is it switched on?":
    "Die Kamera unter {} hat binnen {} s nicht geantwortet: Ist sie eingeschaltet?",
  "Nobody listens at {}:{}: does the camera have another address now?":
    "Unter {}:{} hört niemand zu: Hat die Kamera jetzt eine andere Adresse?",
  "The camera at {} does not answer in HTTP; is it the camera?":
    "Was unter {} antwortet, spricht kein HTTP: Ist es die Kamera?",
  "The camera at {} cannot be reached ({}).": "Die Kamera unter {} ist nicht zu erreichen ({}).",
  "The camera answered with more than any camera's answer has.":
    "Die Kamera antwortet mit mehr, als eine Kamera sagt.",
  "The camera at {} broke off its answer; try again.":
    "Die Kamera unter {} hat ihre Antwort abgebrochen. Versuche es noch einmal.",
  "This agent knows no action {}; is it up to date?":
    "Dieser Agent kennt {} nicht: Ist er auf dem neuesten Stand?",
  "{} needs {}, a whole number from 0 to {}.": "{} braucht {}, eine ganze Zahl von 0 bis {}.",
  "framesize needs the name of a frame size, such as SVGA.": "Nötig ist der Name einer Bildgröße, etwa SVGA.",
  "Camera {} is unknown, or served by another agent.":
    "Diese Kamera kennt der Agent nicht: Hat sie einen anderen?",
  "Camera {} is disabled; an owner can enable it.":
    "Diese Kamera ist ausgeschaltet: ein Eigentümer kann sie einschalten.",
  "The camera's status is no JSON object.":
    "Die Kamera sagt ihren Zustand nicht so, wie der Agent ihn liest.",
  "The agent was interrupted while it carried this out; whether the camera did it is not known.":
    "Der Agent wurde dabei unterbrochen; ob die Kamera es getan hat, ist nicht bekannt.",
  "The agent was held up until it was too late; nothing was sent to the camera.":
    "Der Agent kam zu spät dazu; zur Kamera ging nichts.",
  "The agent failed in the middle of this; its log says why.":
    "Der Agent ist mittendrin gescheitert; sein Protokoll sagt, warum.",
  "The camera's picture is no whole JPEG; try again, or choose a smaller frame size.":
    "Das Bild der Kamera ist kein ganzes JPEG. Versuche es noch einmal, oder wähle eine kleinere Bildgröße.",
  "The picture was taken, but Storage cannot be reached; try again.":
    "Das Bild ist da, aber Storage ist nicht zu erreichen. Versuche es noch einmal.",
  "The picture was taken, but Storage refused it ({}); run `lookout-agent check`.":
    "Das Bild ist da, aber Storage nimmt es nicht ({}): starte lookout-agent check.",
  // photos
  "whose photo is this? Upload it into a folder of the person's name: faces/<name>/{}":
    "Wessen Foto ist das? Lade es in einen Ordner mit dem Namen der Person: faces/<Name>/{}",
  "it lies too deep: upload it directly into the person's folder, as faces/{}/{}":
    "Es liegt zu tief: lade es gleich in den Ordner der Person, als faces/{}/{}",
  "the folder or the photo has a name that cannot be kept: give it a shorter one of letters and digits":
    "Der Ordner oder das Foto hat einen Namen, der nicht geht: nimm einen kürzeren aus Buchstaben und Ziffern.",
  "larger than {} MB: upload a smaller copy": "Größer als {} MB: lade eine kleinere Kopie hoch.",
  "the file is empty: upload the photo again": "Die Datei ist leer: lade das Foto noch einmal hoch.",
  "this is no photo that can be read: save it as a JPEG, PNG, WebP, HEIC or AVIF and upload that":
    "Das ist kein lesbares Foto: speichere es als JPEG, PNG, WebP, HEIC oder AVIF und lade das hoch.",
  "the photo is too large: {}": "Das Foto ist zu groß: lade eine kleinere Kopie hoch.",
  "the photo has {}x{} pixels: {}": "Das Foto hat {}×{} Pixel: lade eine kleinere Kopie hoch.",
  "{} has {} photos already: delete one, then upload this again":
    "{} hat schon {} Fotos: lösche eines und lade dieses noch einmal hoch.",
  "{} people are enrolled, as many as MAX_PEOPLE allows: delete somebody, or see docs/scale.md, then upload this again":
    "{} Personen sind bekannt, so viele wie MAX_PEOPLE erlaubt: lösche jemanden, oder siehe docs/scale.md.",
  "the face cannot be used ({}): use another photo": "Das Gesicht taugt nicht: nimm ein anderes Foto.",
};

const UNITS: Record<string, [string, string]> = {
  second: ["Sekunde", "Sekunden"],
  minute: ["Minute", "Minuten"],
  hour: ["Stunde", "Stunden"],
  day: ["Tag", "Tagen"],
};

/** A sentence of the functions or the agent in German, or null. */
export const toldInGerman = translation(table, (count, unit) => {
  const [one, more] = UNITS[unit] ?? [unit, unit];
  return `${count} ${count === 1 ? one : more}`;
});
