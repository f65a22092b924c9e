// Redraws a part of the page when the server says that something changed.
"use strict";
for (const part of document.querySelectorAll("[data-live]")) {
  const source = new EventSource(part.dataset.live);
  source.addEventListener("changed", () => htmx.trigger(part, "changed"));
  source.addEventListener("over", () => source.close());
  window.addEventListener("pagehide", () => source.close());
}
// On a narrow screen the menu scrolls: begin where the reader is.
document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
