import { cameras } from "./cameras";
import { common } from "./common";
import { now } from "./now";
import { people } from "./people";
import { phone, strangers, welcome } from "./places";
import { settings, statistics } from "./settings";
import { status } from "./status";

export const en = {
  ...common,
  now,
  people,
  strangers,
  cameras,
  statistics,
  status,
  settings,
  welcome,
  phone,
};
