/* What does the browser add to writing? Totals, rows, drafts: comfort only, every form works without. */
"use strict";
(() => {
  const all = (css, root = document) => [...root.querySelectorAll(css)];
  const one = (css, root = document) => root.querySelector(css);
  const say = (fr, en) => (document.documentElement.lang === "en" ? en : fr);

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
    const cost = one("[data-cost]", box), asked = one("[data-asked]", box), left = one("[data-left]", box);
    const whole = cost ? told(cost, form) : total;
    one("[data-total]", box).textContent = euros(total);
    if (left) left.textContent = euros(whole - total - (asked ? told(asked, form) : 0));
    all("[data-share]", box).forEach((cell) => {
      const value = cents(one("[data-sum]", cell.closest("tr")).value);
      cell.textContent = whole && value ? `${Math.round(value / whole * 1000) / 10}\u00a0%`.replace(".", ",") : "";
    });
  };
  const rename = (row, rank, line) => all("[name],.vh", row).forEach((node) => {
    for (const [key, seen, put] of [["name", /-\d+(?=-\w+$|$)/, `-${rank}`], ["id", /-\d+(?=-\w+$)/, `-${rank}`], ["aria-label", /\d+$/, line]]) {
      if (node.hasAttribute(key)) node.setAttribute(key, node.getAttribute(key).replace(seen, put));
    }
    if (!node.name) node.textContent = node.textContent.replace(/\d+$/, line);
  });
  const addRow = (box) => {
    const rows = all("tbody tr", box), row = rows.at(-1).cloneNode(true);
    const ranks = all("[name^=remove-]", box).map((button) => Number(button.name.split("-").at(-1)));
    rename(row, Math.max(...ranks) + 1, rows.length + 1);
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
    const write = (text, bad = true) => { state.textContent = text; state.classList.toggle("bad", bad); };
    const save = async () => {
      try {
        const reply = await fetch(form.dataset.autosave, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
        if (reply.redirected || reply.status === 401) {
          return write(say("Votre session est finie. Votre saisie reste ici : connectez-vous dans un autre onglet.", "Your session is over. Sign in from another tab; your text stays here."));
        }
        if (!reply.ok) throw new Error(reply.status);
        const { saved_at: at } = await reply.json();
        unsaved = false;
        write(say(`Enregistré à ${at}`, `Saved at ${at}`), false);
      } catch {
        write(say("Non enregistré. Vérifiez votre connexion, nous réessayons.", "Not saved. Check your connection; we are trying again."));
        timer = setTimeout(save, 10000);
      }
    };
    form.addEventListener("input", () => { unsaved = true; clearTimeout(timer); timer = setTimeout(save, 1500); });
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (event.submitter && event.submitter.value === "stay") { event.preventDefault(); save(); return; }
      unsaved = false;
    });
    addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  };

  all("form").forEach((form) => {
    const refresh = () => { all("[data-rows]", form).forEach(count); showAsked(form); };
    form.addEventListener("input", refresh);
    refresh();
    if (form.dataset.autosave) autosave(form);
  });

  /* One sending a form: the server refuses doubles anyway */
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.submitter && event.submitter.formTarget) return; // a preview in a frame: the page stays
    if (event.target.dataset.sent) return event.preventDefault();
    event.target.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => all("[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    all("[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  }));
})();
