import { render } from "preact";
import { App } from "./app";
import { startSession } from "./state/session";
import "./device/theme";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import "./styles/faces.css";
import "./styles/dialog.css";
import "./styles/people.css";
import "./styles/places.css";

const place = document.getElementById("app");
if (place) render(<App />, place);
startSession();

// what it is good for can wait until the page is there
addEventListener("load", () => {
  navigator.serviceWorker?.register("./sw.js").catch(() => {});
});
