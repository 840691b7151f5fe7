// “Copy picture”: puts the file of a picture on the clipboard, as a picture where the browser can, else as its text.

for (const figure of document.querySelectorAll(".graphic")) {
  const button = figure.querySelector(".graphic__copy");
  const link = figure.querySelector("[data-picture]");
  if (!button || !link || !navigator.clipboard) continue;
  const status = button.parentElement.querySelector("[role=status]");
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    status.textContent = "";
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(answer.statusText);
      const text = await answer.text();
      const kind = "image/svg+xml";
      if (window.ClipboardItem && ClipboardItem.supports && ClipboardItem.supports(kind)) {
        await navigator.clipboard.write([
          new ClipboardItem({
            [kind]: new Blob([text], { type: kind }),
            "text/plain": new Blob([text], { type: "text/plain" }),
          }),
        ]);
      } else {
        await navigator.clipboard.writeText(text);
      }
      status.textContent = button.dataset.copied;
    } catch {
      status.textContent = button.dataset.failed;
    }
  });
}
