/* Gives each autocomplete the name of its field, which its library leaves out, so that a screen reader says it. */
"use strict";

(() => {
  function nameOne(box) {
    const select = box.previousElementSibling;
    const label = select?.id && document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    if (!label) {
      return;
    }
    const name = label.textContent.trim().replace(/:$/, "");
    for (const part of box.querySelectorAll('[role="combobox"], [role="textbox"], input.select2-search__field')) {
      part.setAttribute("aria-label", name);
    }
    // A list that holds the search field beside its items is none to be announced as one.
    box.querySelector("ul.select2-selection__rendered")?.setAttribute("role", "presentation");
  }

  // The library makes its boxes when it likes, and again for each row that is added.
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node instanceof Element && node.classList.contains("select2")) {
          nameOne(node);
        }
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
