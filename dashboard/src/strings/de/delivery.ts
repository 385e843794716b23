import { translation } from "../../domain/told";

/** Why people could not be told, as the functions say it in English; a test holds it against their sources. */
const table: Record<string, string> = {
  "This way is not set up: {} is missing in the settings of the function people, which needs those of notify too. See docs/notifications.md.":
    "Dieser Weg ist nicht eingerichtet: {} fehlt in den Einstellungen der Funktion people, die auch die von notify braucht. Siehe docs/notifications.md.",
  "No browser is registered yet: switch on push in one first.":
    "Noch ist kein Browser angemeldet: schalte zuerst in einem Push ein.",
  "Firebase Cloud Messaging cannot be called ({}).": "Firebase Cloud Messaging lässt sich nicht rufen ({}).",
  "Firebase Cloud Messaging did not take it ({}).": "Firebase Cloud Messaging hat es nicht angenommen ({}).",
  "Firebase Cloud Messaging did not answer within {} s.":
    "Firebase Cloud Messaging hat binnen {} s nicht geantwortet.",
  "The settings of {} cannot be used ({}).": "Mit den Einstellungen von {} ist nichts anzufangen ({}).",
  "{} did not answer within {} s.": "{} hat binnen {} s nicht geantwortet.",
  "{} has no address; is the name right?": "{} hat keine Adresse: Stimmt der Name?",
  "{} does not take calls at port {} ({}).": "{} nimmt am Port {} nichts an ({}).",
  "The function was ended every time before it could send.":
    "Die Funktion wurde jedes Mal vor dem Senden beendet.",
  "It was an hour old before it could be sent.": "Bevor es gesendet werden konnte, war es eine Stunde alt.",
  "{} does not offer what EMAIL_USER or the addresses need.":
    "{} bietet nicht, was EMAIL_USER oder die Adressen brauchen.",
  "{} does not take EMAIL_USER and EMAIL_PASSWORD ({}).":
    "{} nimmt EMAIL_USER und EMAIL_PASSWORD nicht an ({}).",
  "{} takes no mail for EMAIL_TO ({}).": "{} nimmt keine Mail für EMAIL_TO an ({}).",
  "{} did not take the mail ({}).": "{} hat die Mail nicht angenommen ({}).",
  "The certificate of {} is not to be trusted.": "Dem Zertifikat von {} ist nicht zu trauen.",
  "{} lets nobody sign in with a password.": "{} lässt niemanden mit einem Passwort herein.",
  "{} broke off ({}).": "{} hat abgebrochen ({}).",
  "{} does not offer STARTTLS; look at EMAIL_TLS.": "{} bietet kein STARTTLS: sieh EMAIL_TLS an.",
  "EMAIL_TLS=none would show EMAIL_PASSWORD to the network; use starttls or tls.":
    "EMAIL_TLS=none würde EMAIL_PASSWORD im Netz zeigen: nimm starttls oder tls.",
  "EMAIL_ENABLED needs {}.": "EMAIL_ENABLED braucht {}.",
  "EMAIL_HOST={} is no server's name such as smtp.example.com; its port is EMAIL_PORT.":
    "EMAIL_HOST={} ist kein Name eines Servers wie smtp.example.com; sein Port ist EMAIL_PORT.",
  "EMAIL_TLS={} is none of {}.": "EMAIL_TLS={} ist nichts von {}.",
  "EMAIL_FROM, or EMAIL_USER without it, is no e-mail address.":
    "EMAIL_FROM, oder ohne es EMAIL_USER, ist keine E-Mail-Adresse.",
  "EMAIL_TO has {}, which is no e-mail address.": "In EMAIL_TO ist {} keine E-Mail-Adresse.",
  "EMAIL_PASSWORD needs EMAIL_USER.": "EMAIL_PASSWORD braucht EMAIL_USER.",
  "EMAIL_USER and EMAIL_PASSWORD must be of letters without accents.":
    "EMAIL_USER und EMAIL_PASSWORD dürfen keine Umlaute oder Akzente haben.",
  "{} says more than any mail server has to say.": "{} sagt mehr, als ein Mailserver zu sagen hat.",
  "WEBHOOK_URL has characters that must be percent-encoded.":
    "WEBHOOK_URL hat Zeichen, die mit Prozent geschrieben werden müssen.",
  "WEBHOOK_URL is no address such as https://example.com/hook.":
    "WEBHOOK_URL ist keine Adresse wie https://example.com/hook.",
  "WEBHOOK_URL needs WEBHOOK_SECRET, a random text of {} characters or more.":
    "WEBHOOK_URL braucht WEBHOOK_SECRET, einen zufälligen Text von mindestens {} Zeichen.",
  "{} did not answer in HTTP ({}).": "{} hat nicht in HTTP geantwortet ({}).",
  "{} answers with a redirect ({}), which is not followed: let WEBHOOK_URL be the address that it leads to.":
    "{} leitet weiter ({}), und dem wird nicht gefolgt: setze WEBHOOK_URL auf die Adresse, zu der es führt.",
  "{} answers {}.": "{} antwortet {}.",
  "WEBHOOK_URL would show names to the network: use https.":
    "WEBHOOK_URL würde Namen im Netz zeigen: nimm https.",
  "WEBHOOK_URL leads to {}, a private address (WEBHOOK_ALLOW_PRIVATE).":
    "WEBHOOK_URL führt zu {}, einer privaten Adresse (WEBHOOK_ALLOW_PRIVATE).",
  // the status page
  "Storage did not take its pictures.": "Storage hat die Bilder nicht angenommen.",
  "The day's budget of frames is used up.":
    "Die Bilder, die heute ausgewertet werden dürfen, sind aufgebraucht.",
  "{} was interrupted; it is resumed by itself.": "Etwas wurde unterbrochen ({}); es geht von selbst weiter.",
};

/** Why a way of telling failed, in German, or null. */
export const deliveryInGerman = translation(table, (count, unit) => `${count} ${unit}`);
