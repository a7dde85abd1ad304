/* How do files leave? As soon as they are chosen or dropped, one after the other; the page stays, nothing typed or dropped is lost. */
"use strict";
(() => {
  const all = (css, root = document) => [...root.querySelectorAll(css)];
  const one = (css, root = document) => root.querySelector(css);
  const english = document.documentElement.lang === "en";
  const say = (fr, en) => (english ? en : fr);
  const weigh = (bytes) => `${(Math.round(bytes / 1e5) / 10).toLocaleString(english ? "en" : "fr")}\u00a0${say("Mo", "MB")}`;
  const named = (files) => files.map((file) => say(`«\u00a0${file.name}\u00a0»`, `“${file.name}”`)).join(", ");

  if (!one("form[data-upload]")) return;
  const spoken = document.createElement("p"); // what was deposited, for who does not see the list change
  spoken.className = "vh";
  spoken.setAttribute("role", "status");
  document.body.append(spoken);
  const busy = new Set(); // zones with something to send, or to send again
  let line = Promise.resolve(), left = 0;
  addEventListener("beforeunload", (event) => { if (left) event.preventDefault(); });

  /* Why these files may not leave, if they may not */
  const refusal = (form, input, files) => {
    const largest = Number(form.dataset.max) || Infinity, limit = weigh(largest);
    const big = files.find((file) => file.size > largest), whole = files.reduce((sum, file) => sum + file.size, 0);
    if (files.length > 1 && !input.multiple) return say("Cette pièce se dépose en un seul fichier\u00a0: choisissez le bon, ou réunissez-les. Rien n’a été envoyé.", "This document is one file: choose the right one, or join them. Nothing was sent.");
    if (big) return say(`${named([big])} pèse ${weigh(big.size)}\u00a0; la limite est de ${limit}. Rien n’a été envoyé.`, `${named([big])} weighs ${weigh(big.size)}; the limit is ${limit}. Nothing was sent.`);
    return whole > largest && say(`Ces fichiers pèsent ensemble ${weigh(whole)}\u00a0; envoyez-les en plusieurs fois, ${limit} au plus chaque fois.`, `Together these files weigh ${weigh(whole)}; send them in several goes, ${limit} at most each time.`);
  };

  const post = (url, body, progress) => new Promise((done) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => progress(event.loaded / event.total * 100);
    request.onloadend = () => done(request);
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });
  const answered = (request) => { try { return JSON.parse(request.responseText); } catch { return {}; /* a proxy answered, not us */ } };

  const refused = (request, form, name) => {
    if (new URL(request.responseURL).pathname !== new URL(form.action).pathname) return say(`Votre session est finie\u00a0: connectez-vous, puis envoyez à nouveau ${name}.`, `Your session is over: sign in, then send ${name} again.`);
    return request.status === 413 ? say(`${name}\u00a0: cet envoi est trop lourd pour le service. Rien n’a été enregistré.`, `${name}: this is too heavy for the service. Nothing was saved.`)
      : say(`${name} n’a pas été accepté.`, `${name} was not accepted.`);
  };

  /* The piece and what depends on it, as they stand now; the rest of the page is left alone */
  const refresh = async (item, error) => {
    const page = await fetch(location.pathname, { headers: { Accept: "text/html" } }).then((answer) => (answer.ok ? answer.text() : "")).catch(() => "");
    const fresh = new DOMParser().parseFromString(page, "text/html");
    [item, ...all("[data-fresh]")].forEach((old) => {
      const now = fresh.getElementById(old.id), isHeld = old.contains(document.activeElement);
      if (!now || all("form", old).some((form) => busy.has(form))) return;
      old.replaceWith(now);
      all("form[data-upload]", now).forEach(wire);
      if (isHeld) one("summary,a,input", now)?.focus();
    });
    const form = one(`[id="${item.id}"] form[data-upload]`);
    if (!form || !error) return;
    if (form.closest("details")) form.closest("details").open = true;
    tell(form, error, true);
  };

  const tell = (form, text, bad = false, sending = false) => {
    const state = one("[data-upload-state]", form);
    one("progress", form).hidden = !sending;
    state.textContent = text;
    state.classList.toggle("error", bad);
  };

  const wire = (form) => {
    const input = one("[type=file]", form), bar = one("progress", form), button = one("button", form);
    let mine = 0, errors = [], unsent = [];
    button.hidden = true; // it comes back to try again

    const send = async ({ files, body }) => {
      bar.value = 0;
      tell(form, say(`Envoi de ${named(files)}…`, `Sending ${named(files)}…`), false, true);
      const request = await post(form.action, body, (share) => { bar.value = share; });
      const told = answered(request), name = named(files);
      left -= 1;
      mine -= 1;
      if (request.status === 201 && told.deposited) {
        spoken.textContent = say(`Déposé\u00a0: ${name}.`, `Deposited: ${name}.`);
        tell(form, spoken.textContent);
      } else if (!request.status || request.status >= 500) {
        unsent.push({ files, body });
      } else {
        errors.push(told.error || refused(request, form, name));
      }
      if (mine) return;
      if (unsent.length) {
        const names = named(unsent.flatMap((parcel) => parcel.files));
        button.hidden = false;
        tell(form, [...errors, say(`L’envoi de ${names} a échoué. Vérifiez votre connexion et réessayez.`, `Sending ${names} failed. Check your connection and try again.`)].join(" "), true);
      } else {
        input.value = "";
        busy.delete(form);
        await refresh(form.closest("li[id]"), errors.join(" "));
      }
    };
    const queue = (parcel) => {
      if (!mine) errors = [];
      busy.add(form);
      left += 1;
      mine += 1;
      button.hidden = true;
      if (left > 1) tell(form, say(`${named(parcel.files)} attend son tour…`, `${named(parcel.files)} is waiting its turn…`));
      line = line.then(() => send(parcel));
    };
    const choose = () => {
      const files = [...input.files], why = files.length && refusal(form, input, files);
      if (why) { input.value = ""; tell(form, why, true); } else if (files.length) queue({ files, body: new FormData(form) });
    };
    const again = (event) => {
      event.preventDefault();
      const parcels = unsent;
      unsent = [];
      parcels.forEach(queue);
    };
    input.addEventListener("change", choose);
    button.addEventListener("click", again);
    form.addEventListener("submit", again);
    ["dragover", "dragleave", "drop"].forEach((kind) => form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer.files.length) { input.files = event.dataTransfer.files; choose(); }
    }));
  };
  all("form[data-upload]").forEach(wire);

  /* A file dropped beside a zone does not replace the page */
  ["dragover", "drop"].forEach((kind) => document.addEventListener(kind, (event) => {
    if (event.target.closest?.("form[data-upload]") || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  }));
})();
