/* What does the browser add? Comfort only: every page works without this file. */
"use strict";
(() => {
  const all = (css, root = document) => [...root.querySelectorAll(css)];
  const one = (css, root = document) => root.querySelector(css);
  const english = document.documentElement.lang === "en";
  const say = (fr, en) => (english ? en : fr);
  const typing = (node) => node.closest("input:not([type=checkbox]),select,textarea,[contenteditable]");

  /* Amounts: « 12 600,50 » to cents and back */
  const cents = (text) => {
    const plain = text.replace(/[\s€]/g, "").replace(",", ".");
    return /^-?\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : 0;
  };
  const euros = (value) => {
    const whole = String(Math.floor(Math.abs(value) / 100)).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
    const rest = Math.abs(value) % 100;
    return `${value < 0 ? "−" : ""}${whole}${rest ? "," + String(rest).padStart(2, "0") : ""}\u00a0€`;
  };

  /* Repeated rows: added and removed here, totals kept up to date */
  const rowTotal = (box) => all("[data-sum]", box).reduce((sum, input) => sum + cents(input.value), 0);
  const told = (output, form) => {
    const name = output.dataset.from;
    const box = name && one(`[data-rows="${name}"]`, form);
    const input = name && form.elements[name];
    if (!box && !input) return Number(Object.values(output.dataset)[0]) || 0;
    const value = box ? rowTotal(box) : cents(input.value);
    output.textContent = euros(value);
    return value;
  };
  const count = (box) => {
    const total = rowTotal(box), form = box.form;
    const show = (css, value) => { const node = one(css, box); if (node) node.textContent = euros(value); };
    show("[data-total]", total);
    const cost = one("[data-cost]", box), asked = one("[data-asked]", box);
    const whole = cost ? told(cost, form) : total;
    show("[data-left]", whole - total - (asked ? told(asked, form) : 0));
    all("[data-share]", box).forEach((cell) => {
      const value = cents(one("[data-sum]", cell.closest("tr")).value);
      cell.textContent = whole && value ? `${Math.round(value / whole * 1000) / 10}\u00a0%`.replace(".", ",") : "";
    });
  };
  const rename = (row, name, rank, line) => all("[name],[id],[aria-label]", row).forEach((node) => {
    for (const key of ["name", "id"]) {
      const old = node.getAttribute(key);
      if (old) node.setAttribute(key, old.replace(/-\d+(?=-\w+$|$)/, `-${rank}`));
    }
    const label = node.getAttribute("aria-label");
    if (label) node.setAttribute("aria-label", label.replace(/\d+$/, line));
  });
  const addRow = (box) => {
    const rows = all("tbody tr", box), row = rows.at(-1).cloneNode(true);
    const ranks = all("[name^=remove-]", box).map((button) => Number(button.name.split("-").at(-1)));
    rename(row, box.dataset.rows, Math.max(...ranks) + 1, rows.length + 1);
    all("input,select", row).forEach((node) => { node.value = ""; node.removeAttribute("aria-invalid"); });
    rows.at(-1).after(row);
    one("input,select", row).focus();
  };
  const dropRow = (box, row) => {
    if (all("tbody tr", box).length > 1) row.remove();
    else all("input,select", row).forEach((node) => { node.value = ""; });
    one("tbody input", box).focus();
  };
  all("[data-rows]").forEach((box) => {
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button[name]");
      if (!button) return;
      event.preventDefault();
      if (button.name.startsWith("add-")) addRow(box); else dropRow(box, button.closest("tr"));
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  const countAll = (form) => all("[data-rows]", form).forEach(count);

  /* Questions asked only when another answer brings them in; what is not understood stays shown */
  const answer = (form, name) => {
    const field = form.elements[name];
    if (!field) return undefined;
    const value = field.type === "checkbox" ? field.checked : field.value;
    return { oui: true, non: false }[value] ?? value;
  };
  const test = (form, text) => {
    const [, not, name, sign, right] = /^(not )?(\w+)(?: (==|!=|in) (.+))?$/.exec(text.trim()) || [];
    const value = name && answer(form, name);
    if (value === undefined) return true;
    if (!sign) return not ? !value : Boolean(value);
    const words = (right.match(/'[^']*'|"[^"]*"|True|False/g) || []).map((w) => ({ True: true, False: false })[w] ?? w.slice(1, -1));
    return words.length ? words.includes(value) === (sign !== "!=") : true;
  };
  const holds = (form, text) => /[()]/.test(text.replace(/\[.*?\]/g, "")) ? true
    : text.split(" or ").some((part) => part.split(" and ").every((bit) => test(form, bit)));
  const showAsked = (form) => all("[data-show-if]", form).forEach((field) => { field.hidden = !holds(form, field.dataset.showIf); });

  /* Drafts are saved by themselves; a failure is loud */
  const autosave = (form) => {
    const state = one("[data-saved]", form);
    let timer, unsaved = false;
    const write = (text, bad) => { if (state) { state.textContent = text; state.classList.toggle("bad", bad); } };
    const save = async () => {
      try {
        const reply = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
        if (reply.redirected || reply.status === 401) {
          return write(say("Votre session est finie. Votre saisie reste sur cette page : connectez-vous dans un autre onglet.", "Your session is over. Sign in from another tab; what you typed stays here."), true);
        }
        if (!reply.ok) throw new Error(reply.status);
        const { saved_at: at } = await reply.json();
        unsaved = false;
        write(say(`Enregistré à ${at}`, `Saved at ${at}`), false);
      } catch {
        write(say("Non enregistré. Vérifiez votre connexion, nous réessayons.", "Not saved. Check your connection; we are trying again."), true);
        timer = setTimeout(save, 10000);
      }
    };
    form.addEventListener("input", () => { unsaved = true; clearTimeout(timer); timer = setTimeout(save, 1500); });
    form.addEventListener("submit", () => { unsaved = false; clearTimeout(timer); });
    addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  };

  all("form").forEach((form) => {
    form.addEventListener("input", () => { countAll(form); showAsked(form); });
    countAll(form); showAsked(form);
    if (form.dataset.autosave) autosave(form);
  });

  /* A file leaves as soon as it is chosen or dropped, with its progress */
  all("form[data-upload]").forEach((form) => {
    const input = one("[type=file]", form), bar = one("progress", form), state = one("[data-upload-state]", form);
    const send = () => {
      if (!input.files.length) return;
      const request = new XMLHttpRequest();
      const fail = (why) => { bar.hidden = true; state.textContent = why; state.classList.add("error"); };
      bar.hidden = false;
      state.classList.remove("error");
      state.textContent = say(`Envoi de ${input.files[0].name}…`, `Sending ${input.files[0].name}…`);
      request.upload.onprogress = (event) => { bar.value = event.loaded / event.total * 100; };
      request.onerror = () => fail(say("L’envoi a échoué. Vérifiez votre connexion et réessayez.", "Sending failed. Check your connection and try again."));
      request.onload = () => {
        if (request.status < 400) return location.assign(request.responseURL);
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        const why = one(".error, .notice.danger, main p", page);
        fail(why ? why.textContent.trim() : say("Ce fichier n’a pas été accepté.", "This file was not accepted."));
      };
      request.open("POST", form.action);
      request.send(new FormData(form));
    };
    input.addEventListener("change", send);
    form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
    ["dragover", "dragleave", "drop"].forEach((kind) => form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) { input.files = event.dataTransfer.files; send(); }
    }));
  });

  /* One sending a form: the server refuses doubles anyway */
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.target.dataset.sent) return event.preventDefault();
    event.target.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => all("[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }));

  /* Chosen rows */
  all("[data-bulk]").forEach((bar) => {
    const boxes = all(`[name=pick][form="${bar.id}"]`), text = one("[data-bulk-count]", bar);
    const refresh = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      bar.hidden = !chosen;
      boxes.forEach((box) => box.closest("tr").classList.toggle("sel", box.checked));
      text.textContent = chosen < 2 ? say("1 ligne cochée", "1 row picked") : say(`${chosen} lignes cochées`, `${chosen} rows picked`);
    };
    addEventListener("change", refresh);
    refresh();
  });

  /* Keys: / searches everywhere; j, k and x only while a row of a list has the focus or nothing has */
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") all(".who details[open]").forEach((menu) => { menu.open = false; });
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
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
  all("[data-canvas]").forEach((canvas) => {
    const step = one(".is-late,.is-current,.is-error,.is-waiting", canvas);
    if (!step) return;
    const box = step.getBoundingClientRect(), frame = canvas.getBoundingClientRect();
    canvas.scrollTo(box.left - frame.left - (frame.width - box.width) / 2, box.top - frame.top - (frame.height - box.height) / 2);
  });
})();
