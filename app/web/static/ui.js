/* What does the browser add to a page? Keys, chosen rows, menus, scrolling: comfort only, every page works without. */
"use strict";
(() => {
  const all = (css, root = document) => [...root.querySelectorAll(css)];
  const one = (css, root = document) => root.querySelector(css);
  const english = document.documentElement.lang === "en";
  const say = (fr, en) => (english ? en : fr);
  const typing = (node) => node.closest("input:not([type=checkbox]),select,textarea,[contenteditable]");

  /* Chosen rows */
  all("[data-bulk]").forEach((bar) => {
    const boxes = all(`[name=pick][form="${bar.id}"]`), text = one("[data-bulk-count]", bar);
    const refresh = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      bar.hidden = !chosen;
      boxes.forEach((box) => box.closest("tr, li").classList.toggle("sel", box.checked));
      text.textContent = chosen < 2 ? say("1 ligne cochée", "1 row picked") : say(`${chosen} lignes cochées`, `${chosen} rows picked`);
    };
    addEventListener("change", refresh);
    refresh();
  });

  /* Keys: ? tells them and turns them off; j, k and x need the focus in a list, or nowhere */
  const keys = () => localStorage.getItem("liasse-keys") !== "off";
  const tellKeys = () => {
    const dialog = document.createElement("dialog"), list = document.createElement("ul"), title = document.createElement("h2");
    title.textContent = say("Raccourcis du clavier", "Keyboard shortcuts");
    [["/", say("rechercher", "search")], ["j", say("ligne suivante", "next row")], ["k", say("ligne précédente", "previous row")],
      ["x", say("cocher la ligne", "pick the row")], [say("Entrée", "Enter"), say("ouvrir", "open")]].forEach(([key, what]) => {
      const item = document.createElement("li"), cap = document.createElement("kbd");
      cap.textContent = key;
      item.append(cap, " ", what);
      list.append(item);
    });
    const toggle = document.createElement("button"), close = document.createElement("button");
    toggle.className = close.className = "btn";
    toggle.textContent = keys() ? say("Désactiver les raccourcis", "Turn shortcuts off") : say("Activer les raccourcis", "Turn shortcuts on");
    toggle.onclick = () => { localStorage.setItem("liasse-keys", keys() ? "off" : "on"); dialog.close(); };
    close.textContent = say("Fermer", "Close");
    close.onclick = () => dialog.close();
    list.className = "stack-s";
    dialog.className = "keys";
    dialog.setAttribute("aria-label", title.textContent);
    dialog.append(title, list, toggle, close);
    dialog.onclose = () => dialog.remove();
    document.body.append(dialog);
    dialog.showModal();
  };
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") all(".who details[open]").forEach((menu) => { menu.open = false; });
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") return tellKeys();
    if (!keys()) return;
    const search = one("[data-search]"), rows = all("table[data-list] tbody tr");
    const here = rows.indexOf(document.activeElement.closest("tr"));
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); }
    if (!rows.length || (here < 0 && document.activeElement !== document.body)) return;
    const next = { j: here + 1, k: here - 1 }[event.key];
    if (next !== undefined) one("a", rows[Math.min(Math.max(next, 0), rows.length - 1)])?.focus();
    if (event.key === "x" && here >= 0) one("[name=pick]", rows[here])?.click();
  });
  addEventListener("click", (event) => all(".who details[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));

  /* What matters is brought into view */
  one("[data-focus]")?.focus();
  all("[data-copy]").forEach((button) => {
    button.hidden = !navigator.clipboard; // a page served without TLS has none
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = document.documentElement.lang === "en" ? "Copied" : "Copié";
    });
  });
  all("[data-canvas]").forEach((canvas) => {
    const step = one(".is-late,.is-current,.is-error,.is-waiting", canvas);
    if (!step) return;
    const show = () => {
      const box = step.getBoundingClientRect(), frame = canvas.getBoundingClientRect();
      canvas.scrollBy(box.left - frame.left - (frame.width - box.width) / 2, box.top - frame.top - (frame.height - box.height) / 2);
    };
    show();
    one("[data-full-size]", canvas.previousElementSibling ?? canvas)?.addEventListener("change", show);
  });
})();
