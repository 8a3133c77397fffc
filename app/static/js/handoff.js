// The one entry of the back office. Every module works on what the server rendered and can be left out:
// without script each screen still does its job through links and forms.
import * as dialogs from "./dialogs.js";
import * as dirty from "./dirty.js";
import * as drawer from "./drawer.js";
import * as keys from "./keys.js";
import * as menus from "./menus.js";
import * as picker from "./picker.js";
import * as selection from "./selection.js";
import * as theme from "./theme.js";

const once = [drawer, keys, menus, theme, dialogs, dirty];
const perPart = [picker, selection];

for (const module of once) module.install();
for (const module of perPart) module.install(document);

// htmx puts new parts on the page; only what is new is set up.
document.addEventListener("htmx:load", (event) => {
  for (const module of perPart) module.install(event.detail.elt);
});
