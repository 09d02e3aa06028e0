"use strict";
// Pages work without this; with it, they tell of errors and of progress by themselves.

// What is wrong with a form is read out at once.
document.querySelector("[data-focus]")?.focus();

// A part marked data-refresh="seconds" is fetched again with its page until it no longer asks to be.
function refresh(part) {
  setTimeout(async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(part.id);
      if (fresh === null) return location.reload();
      part.replaceWith(fresh);
      if (fresh.dataset.refresh) refresh(fresh);
    } catch {
      refresh(part); // the service may be starting again
    }
  }, 1000 * Number(part.dataset.refresh));
}
document.querySelectorAll("[data-refresh]").forEach(refresh);
