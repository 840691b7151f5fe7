/* A step of an article is a form beside that of its text. Who presses its button while typed words are not saved is
   told so, and presses once more to go on without them. Without scripts the server has the last word all the same. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const text = document.getElementById("article_form");
  const panel = document.querySelector("[data-standing]");
  const notice = panel && panel.querySelector("[data-unsaved]");
  if (!text || !notice) {
    return;
  }
  const typed = () => new URLSearchParams(new FormData(text)).toString();
  let opened = typed();
  // The admin's own scripts fill in what they need after this one.
  window.addEventListener("load", () => {
    opened = typed();
  });

  let warned = null;
  panel.addEventListener("submit", (event) => {
    if (warned === event.target || typed() === opened) {
      return;
    }
    event.preventDefault();
    warned = event.target;
    notice.textContent =
      "What you have typed below is not saved. Save it first, or press the button once more to go on without it.";
    notice.hidden = false;
    notice.scrollIntoView({ block: "nearest" });
  });
});
