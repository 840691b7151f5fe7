/* Says every half minute that this form is open, and shows who else has it open. Without scripts the page shows who
   had opened it, and this visitor counts for a minute and a half. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const line = document.getElementById("presence");
  const form = document.getElementById(line?.dataset.form ?? "");
  if (!line || !form) {
    return;
  }

  function body(sign) {
    const token = form.elements.namedItem("csrfmiddlewaretoken").value;
    return new URLSearchParams({ csrfmiddlewaretoken: token, sign });
  }

  async function here() {
    try {
      const response = await fetch(line.dataset.address, { method: "POST", body: body("here") });
      if (response.ok && (response.headers.get("Content-Type") ?? "").includes("json")) {
        const told = (await response.json()).line;
        // The same words again would be read out again.
        if (told !== line.textContent) {
          line.textContent = told;
        }
      }
    } catch {
      // The site is away: the next sign tries again.
    }
  }

  setInterval(here, Number(line.dataset.every) * 1000);
  addEventListener("pagehide", () => navigator.sendBeacon(line.dataset.address, body("gone")));
  addEventListener("pageshow", (event) => event.persisted && here());
});
