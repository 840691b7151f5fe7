// What is found while somebody types: a combobox with a list of links. Without this script the form is sent as it is.
(() => {
  "use strict";
  const WAIT = 180;
  const LEAST = 2;

  function offer(form) {
    const field = form.querySelector("input[type=search]");
    const list = document.createElement("ul");
    let waiting, asked, shown = -1;
    list.id = `${field.id}-options`;
    list.className = "search-options";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", form.querySelector("label").textContent);
    form.append(list);
    for (const [name, value] of [
      ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id],
    ]) field.setAttribute(name, value);

    const options = () => [...list.children];

    function choose(place) {
      shown = place;
      options().forEach((one, at) => one.setAttribute("aria-selected", String(at === place)));
      const one = options()[place];
      if (one) {
        field.setAttribute("aria-activedescendant", one.id);
        one.scrollIntoView({ block: "nearest" });
      } else {
        field.removeAttribute("aria-activedescendant");
      }
    }

    function close() {
      clearTimeout(waiting);
      if (asked) asked.abort();
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      choose(-1);
    }

    async function ask() {
      if (asked) asked.abort();
      asked = new AbortController();
      try {
        const query = new URLSearchParams(new FormData(form));
        const answer = await fetch(`${form.dataset.suggestions}?${query}`, { signal: asked.signal });
        if (!answer.ok) return close();
        // The site's own answer, in which everything typed is escaped.
        list.innerHTML = await answer.text();
        choose(-1);
        list.hidden = !list.children.length;
        field.setAttribute("aria-expanded", String(!list.hidden));
      } catch (fault) {
        if (fault.name !== "AbortError") close();
      }
    }

    field.addEventListener("input", (event) => {
      clearTimeout(waiting);
      if (event.isComposing) return;
      if (field.value.trim().length < LEAST) close();
      else waiting = setTimeout(ask, WAIT);
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const last = options().length - 1;
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (last < 0) return;
        event.preventDefault();
        list.hidden = false;
        field.setAttribute("aria-expanded", "true");
        const next = shown + (event.key === "ArrowDown" ? 1 : -1);
        choose(next > last ? -1 : next < -1 ? last : next);
      } else if (event.key === "Enter" && shown >= 0 && !list.hidden) {
        event.preventDefault();
        location.assign(options()[shown].dataset.address);
      }
    });
    // The field keeps the focus while an option is pressed.
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const one = event.target.closest("[role=option]");
      if (one) location.assign(one.dataset.address);
    });
    field.addEventListener("blur", close);
    addEventListener("pagehide", close);
  }

  document.querySelectorAll("form[data-suggestions]").forEach(offer);
})();
