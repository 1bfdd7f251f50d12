// Keyboard: "/" goes to the page's filter, "g" and a letter to a page, "?" shows the keys. Never while somebody types.
(() => {
  // A large text travels as a stream of bytes, not as one message.
  const textOf = id => new TextEncoder().encode(document.getElementById(id).value);
  // The old look goes when the new one is read.
  const choose = (cookie, theme) => {
    document.cookie = `${cookie}=${theme}; path=/; max-age=31536000; samesite=lax`;
    document.querySelectorAll('link[href*="Radzen.Blazor/css/"]').forEach(old => {
      const link = old.cloneNode();
      link.href = old.href.replace(/(\/css\/)standard(-dark)?(-base|-wcag)/, `$1${theme}$3`);
      link.onload = () => old.remove();
      old.after(link);
    });
  };
  window.aktodivert = { textOf, choose };
  const pages = { o: "/", t: "/traffic", s: "/sessions", i: "/inventory", v: "/violations", g: "/guardrails", d: "/devices", p: "/settings/proxy-patterns" };
  let awaiting = 0;
  document.addEventListener("keydown", event => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable], [role=dialog]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.timeStamp - awaiting < 1200 && pages[event.key]) {
      awaiting = 0;
      event.preventDefault();
      const link = document.querySelector(`nav a[href="${pages[event.key].slice(1) || "/"}"], nav a[href="${pages[event.key]}"]`);
      link ? link.click() : location.assign(pages[event.key]);
    } else if (event.key === "g") {
      awaiting = event.timeStamp;
    } else if (event.key === "/") {
      const filter = document.querySelector("main [data-filter] input, main input[data-filter]");
      if (filter) {
        event.preventDefault();
        filter.focus();
        filter.select();
      }
    } else if (event.key === "?") {
      document.getElementById("keys")?.click();
    }
  });
  document.addEventListener("click", event => {
    const copy = event.target.closest?.("[data-copy]");
    if (copy) {
      navigator.clipboard?.writeText(document.getElementById(copy.dataset.copy)?.innerText ?? copy.dataset.copy);
    }
  });
})();
