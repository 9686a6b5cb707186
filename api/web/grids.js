/* 地图: the map of grids in the frame of the pages; what the address asks for goes on to it. */

import { frame } from "./shell.js";
import { lang, say, translate } from "./words.js";

translate();
const query = new URLSearchParams(location.search);
query.set("lang", lang);
const map = document.getElementById("frame");
map.title = say("grids_title");
map.addEventListener("load", () => { document.documentElement.dataset.ready = "yes"; });
map.src = `/api/maps/grids.html?${query}`;
frame();
