// The page of the search: its form, the address that holds what was asked, and the results.
(function () {
  "use strict";

  const ON_PAGE = 20;
  const SNIPPET = 320;
  const BEFORE = 90;
  const OFFERED = 30;
  const AFTER_TYPING = 300;
  const MANY = ["kind", "tone", "outcome"];
  const WORDS = new Map([["", "no kind found"], ["no_result", "no result known"]]);

  const form = document.getElementById("search-form");
  const results = document.getElementById("search-results");
  const heading = document.getElementById("search-heading");
  const list = document.getElementById("search-hits");
  const pager = document.getElementById("search-pages");
  const status = document.getElementById("search-status");
  const progress = document.getElementById("search-progress");
  const problem = document.getElementById("search-problem");
  const root = form.dataset.root;
  const phases = new Map([...form.elements.phase.options].map((one) => [one.value, one.text]));
  const signs = new Map([...form.elements.toward.options].map((one) => [one.value, one.dataset.sign]));

  let words;
  let directory;
  let segments;
  let choices;
  let run = 0;

  function make(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function say(number) {
    return number.toLocaleString("en");
  }

  function called(name) {
    return WORDS.get(name) ?? name.replaceAll("_", " ");
  }

  // ---- choices: labels that can be typed, and what they stand for -------------------------------------

  function labelled(entries) {
    const seen = new Map();
    for (const { label } of entries) seen.set(label, (seen.get(label) || 0) + 1);
    return entries.map(({ label, longer, id }) => {
      const shown = seen.get(label) > 1 ? longer : label;
      return { label: shown, id, plain: words.plain(shown), name: words.plain(label) };
    });
  }

  function choicesOf({ contests, parties, candidates, targets }) {
    const found = {
      contest: contests.map(([, election, id, name]) => ({ label: name, longer: `${name}, ${election}`, id })),
      candidate: candidates.map(([id, name, party, contest]) => {
        const label = `${name} (${[parties[party][0], contests[contest][3]].filter(Boolean).join(", ")})`;
        return { label, longer: `${label} [${id}]`, id };
      }),
      target: targets.map(([name]) => ({ label: name, longer: name, id: name })),
    };
    return Object.fromEntries(Object.entries(found).map(([field, entries]) => [field, labelled(entries)]));
  }

  function offer(field) {
    const typed = words.plain(form.elements[field].value);
    const offered = [];
    for (const one of choices[field]) {
      if (one.plain.includes(typed)) offered.push(one);
      if (offered.length === OFFERED) break;
    }
    const options = offered.map(({ label }) => Object.assign(document.createElement("option"), { value: label }));
    document.getElementById(`${field}-choices`).replaceChildren(...options);
  }

  // What was typed as an id: "" where nothing was, null where it is no choice.
  function chosen(field) {
    const typed = form.elements[field].value.trim();
    if (!typed) return "";
    if (field === "target") return typed;
    const plain = words.plain(typed);
    const exact = choices[field].find(({ label }) => label === typed) || choices[field].find((one) => one.plain === plain);
    const near = exact ? [exact] : choices[field].filter(({ name, plain: whole }) => name === plain || whole.startsWith(`${plain} `));
    const ids = new Set(near.map(({ id }) => id));
    return ids.size === 1 ? near[0].id : null;
  }

  function checked(field) {
    const id = chosen(field);
    const input = form.elements[field];
    const hint = document.getElementById(`${field}-hint`);
    input.setAttribute("aria-invalid", String(id === null));
    hint.hidden = id !== null;
    return id ?? "";
  }

  // ---- the form and the address --------------------------------------------------------------------------

  function parametersOfForm() {
    const found = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      const said = name === "contest" || name === "candidate" ? checked(name) : value.trim();
      const isDefault = name === "party" ? value === "*" : name === "sort" ? said === "newest" : said === "" && !MANY.includes(name);
      if (!isDefault) found.append(name, said);
    }
    return found;
  }

  function parametersOfAddress() {
    for (const part of [location.hash.slice(1), location.search.slice(1)]) {
      if (part.includes("=")) return new URLSearchParams(part);
    }
    return new URLSearchParams();
  }

  function fill(parameters) {
    form.reset();
    for (const [name, value] of parameters) {
      if (MANY.includes(name)) {
        for (const box of form.querySelectorAll(`input[name=${name}]`)) if (box.value === value) box.checked = true;
      } else if (name === "contest" || name === "candidate") {
        form.elements[name].value = choices[name].find(({ id }) => id === value)?.label ?? value;
      } else if (form.elements.namedItem(name)) {
        form.elements.namedItem(name).value = value;
      }
    }
    if (form.elements.party.selectedIndex < 0) form.elements.party.value = "*";
    for (const field of ["contest", "candidate"]) checked(field);
    openWhatIsUsed(parameters);
  }

  // Filters that are used stand open; on a narrow screen the others leave the room to the results.
  function openWhatIsUsed(parameters) {
    const isUsed = (part) => [...part.querySelectorAll("[name]")].some(({ name }) => parameters.has(name));
    const [every, more] = ["search-filters", "search-more"].map((id) => document.getElementById(id));
    every.open = isUsed(every) || !window.matchMedia("(max-width: 40rem)").matches;
    more.open = more.open || isUsed(more);
  }

  function hours(text) {
    const found = text === null || text === "" ? NaN : Number(text);
    return Number.isNaN(found) ? null : found;
  }

  function askedBy(parameters) {
    return {
      contest: parameters.get("contest") || "",
      candidate: parameters.get("candidate") || "",
      party: parameters.get("party"),
      kinds: new Set(parameters.getAll("kind")),
      tones: new Set(parameters.getAll("tone")),
      outcomes: new Set(parameters.getAll("outcome")),
      target: parameters.get("target") || "",
      toward: parameters.get("toward") || "",
      phase: parameters.get("phase") || "",
      hoursFrom: hours(parameters.get("hours-from")),
      hoursTo: hours(parameters.get("hours-to")),
      from: parameters.get("from") || "",
      to: parameters.get("to") || "",
    };
  }

  function addressOf(parameters, page) {
    const there = new URLSearchParams(parameters);
    there.delete("page");
    if (page > 1) there.set("page", page);
    return `#${there}`;
  }

  // ---- options and their counts ---------------------------------------------------------------------------

  function addBoxes(facet, pairs) {
    const place = document.getElementById(`${facet}-boxes`);
    place.replaceChildren(
      ...pairs.map(([name]) => {
        const box = Object.assign(document.createElement("input"), { type: "checkbox", name: facet, value: name });
        const text = make("span", "search-option", called(name));
        if (facet === "tone") text.prepend(hiddenSign(name), " ");
        return make("label", "", box, text, " ", make("span", "search-count"));
      }),
    );
  }

  function hiddenSign(tone) {
    const sign = make("span", "search-sign", signs.get(tone));
    sign.setAttribute("aria-hidden", "true");
    return sign;
  }

  function addParties(pairs) {
    const most = [...pairs].sort((one, other) => other[1] - one[1]);
    form.elements.party.append(...most.map(([name]) => Object.assign(document.createElement("option"), { value: name })));
  }

  function showCounts(counts) {
    for (const facet of MANY) {
      for (const box of form.querySelectorAll(`input[name=${facet}]`)) {
        const count = counts[facet].get(box.value) || 0;
        const label = box.closest("label");
        label.classList.toggle("none", !count);
        label.querySelector(".search-count").textContent = `(${say(count)})`;
      }
    }
    for (const option of form.elements.party.options) {
      if (option.value !== "*") option.text = `${option.value || "no party"} (${say(counts.party.get(option.value) || 0)})`;
    }
  }

  function allCounts() {
    const { kinds, tones, outcomes, parties } = directory;
    return { kind: new Map(kinds), tone: new Map(tones), outcome: new Map(outcomes), party: new Map(parties) };
  }

  // ---- results --------------------------------------------------------------------------------------------

  // The stretch of a text that is shown, and the places that are marked in it.
  function snippetOf(text, terms) {
    const places = words.places(text, terms);
    if (text.length <= SNIPPET) return { start: 0, end: text.length, places };
    let start = places.length ? Math.max(0, places[0][0] - BEFORE) : 0;
    if (start > 0) start = (text.indexOf(" ", start) + 1 || start + 1) > places[0][0] ? start : text.indexOf(" ", start) + 1 || start;
    let end = Math.min(text.length, start + SNIPPET);
    if (isHalf(text, start)) start -= 1;
    if (isHalf(text, end)) end += 1;
    return { start, end, places };
  }

  // Whether a place lies within a sign that takes two units.
  function isHalf(text, place) {
    return place > 0 && place < text.length && text.codePointAt(place - 1) > 0xffff;
  }

  function quote(text, terms) {
    const { start, end, places } = snippetOf(text, terms);
    const made = make("blockquote", "");
    made.dir = "auto";
    if (start > 0) made.append("… ");
    let place = start;
    for (const [first, last] of places) {
      if (first < place || first >= end) continue;
      made.append(text.slice(place, first), make("mark", "search-word", text.slice(first, Math.min(last, end))));
      place = Math.min(last, end);
    }
    made.append(text.slice(place, end));
    if (end < text.length) made.append(" …");
    return made;
  }

  function toneOf(tone) {
    return make("span", `tone ${tone}`, hiddenSign(tone), ` ${tone}`);
  }

  // 76 -> `1 h 16 min after the declaration`.
  function minutesOf(minutes) {
    const whole = Math.abs(minutes);
    const [days, hours] = [Math.floor(whole / 1440), Math.floor(whole / 60) % 24];
    const span = days ? `${say(days)} d ${hours} h` : hours ? `${hours} h ${whole % 60} min` : `${whole} min`;
    return `${span} ${minutes < 0 ? "before" : "after"} the declaration`;
  }

  function line(...parts) {
    const made = make("p", "search-where");
    parts.filter(Boolean).forEach((part, place) => made.append(...(place ? [" · ", part] : [part])));
    return made;
  }

  function tags(found) {
    const made = make("ul", "search-tags");
    for (const kind of found.kinds) made.append(make("li", "search-kind", called(kind)));
    made.append(make("li", "", "whole text: ", toneOf(found.tone)));
    for (const [who, tone] of found.targets) made.append(make("li", "", "of ", make("bdi", "", who), ": ", toneOf(tone)));
    return made;
  }

  function hit(found, terms) {
    const { speaker } = found;
    const link = make("a", "", make("bdi", "", speaker.author || "author not known"));
    link.href = `${root || "./"}${found.address}`;
    const title = make("h3", "", link);
    if (speaker.party) title.append(" ", make("bdi", "search-party", speaker.party));
    const stood = speaker.status && speaker.status !== "standing" ? called(speaker.status) : "";
    return make(
      "li",
      "search-hit",
      title,
      line(make("bdi", "", speaker.contest), make("bdi", "", found.localTime || "undated")),
      line(called(speaker.outcome), stood, found.minutes === null ? phases.get(found.phase) ?? called(found.phase) : minutesOf(found.minutes)),
      quote(found.text, terms),
      tags(found),
    );
  }

  function pageLinks(parameters, page, total) {
    const last = Math.max(1, Math.ceil(total / ON_PAGE));
    const link = (number, text, rel) => {
      const made = make("a", "", text);
      made.href = addressOf(parameters, number);
      made.rel = rel;
      return made;
    };
    const parts = [];
    if (page > 1) parts.push(link(page - 1, "Previous page", "prev"));
    parts.push(make("span", "", `Page ${say(page)} of ${say(last)}`));
    if (page < last) parts.push(link(page + 1, "Next page", "next"));
    pager.replaceChildren(...parts);
    pager.hidden = last < 2;
  }

  function sorted(hits, sort) {
    return sort === "relevance" ? [...hits].sort((one, other) => other.score - one.score) : hits;
  }

  function tell(total, page, sort) {
    if (!total) return "No statement was found. Fewer words or fewer filters find more.";
    const first = (page - 1) * ON_PAGE + 1;
    const order = sort === "relevance" ? "best answers first" : "newest first";
    return `${say(total)} ${total === 1 ? "statement" : "statements"} found. Shown: ${say(first)} to ${say(Math.min(total, page * ON_PAGE))}, ${order}.`;
  }

  async function show(here, parameters, terms, found) {
    const sort = parameters.get("sort") || "newest";
    const last = Math.max(1, Math.ceil(found.hits.length / ON_PAGE));
    const page = Math.min(Math.max(1, Math.floor(Number(parameters.get("page"))) || 1), last);
    const some = sorted(found.hits, sort).slice((page - 1) * ON_PAGE, page * ON_PAGE);
    const shown = await Promise.all(some.map(({ segment, doc }) => segment.document(doc)));
    if (here !== run) return "";
    list.start = (page - 1) * ON_PAGE + 1;
    list.replaceChildren(...shown.map((one) => hit(one, terms)));
    pageLinks(parameters, page, found.hits.length);
    return tell(found.hits.length, page, sort);
  }

  function waitingFor({ done, due }, hits) {
    progress.max = Math.max(1, due);
    progress.value = done;
    return `${say(hits.length)} found so far; ${say(done)} of ${say(due)} parts of the index are searched, newest first.`;
  }

  // Shows first results as soon as a page is full, and the rest of the counts when all is searched.
  async function search(parameters) {
    const here = ++run;
    const asked = askedBy(parameters);
    const terms = words.parse(parameters.get("q") || "");
    const need = ON_PAGE * Math.max(1, Number(parameters.get("page")) || 1);
    const early = parameters.get("sort") !== "relevance";
    let isShown = false;
    results.hidden = false;
    problem.hidden = true;
    tellState("searching", "Searching …");
    results.setAttribute("aria-busy", "true");
    try {
      let last = null;
      await window.hustingsIndex.answer(segments, terms, asked, words.plain, (found) => {
        if (here !== run) return false;
        last = found;
        progress.hidden = found.done >= found.due;
        document.getElementById("search-progress-text").textContent = progress.hidden ? "" : waitingFor(found, found.hits);
        showCounts(found.counts);
        if (early && !isShown && found.hits.length >= need && found.done < found.due) {
          isShown = true;
          show(here, parameters, terms, { hits: found.hits.slice() }).then((said) => {
            if (said && results.hasAttribute("aria-busy")) status.textContent = "First results are shown; older statements are still being searched.";
          }, fail);
        }
        return true;
      });
      if (here !== run) return;
      const said = await show(here, parameters, terms, last);
      if (here === run) finish(said);
    } catch (error) {
      if (here === run) fail(error);
    }
  }

  function tellState(state, said) {
    status.dataset.state = state;
    status.textContent = said;
  }

  function finish(said) {
    tellState("done", said);
    results.removeAttribute("aria-busy");
  }

  function fail(error) {
    problem.textContent = `A file of the search could not be read: ${error.message}. What is shown is not everything; is the report’s folder complete?`;
    problem.hidden = false;
    tellState("failed", "The search was not finished.");
    progress.hidden = true;
    results.removeAttribute("aria-busy");
  }

  // ---- when -----------------------------------------------------------------------------------------------

  function idle() {
    run += 1;
    results.hidden = true;
    problem.hidden = true;
    results.removeAttribute("aria-busy");
    list.replaceChildren();
    showCounts(allCounts());
    const total = directory.segments.reduce((sum, one) => sum + one[2], 0);
    tellState("idle", `${say(total)} ${total === 1 ? "statement" : "statements"} can be searched.`);
  }

  function follow() {
    const parameters = parametersOfAddress();
    if (String(parameters)) search(parameters);
    else idle();
  }

  function ask({ isOrder = false } = {}) {
    const parameters = parametersOfForm();
    if (!String(parameters) && isOrder) parameters.set("all", "1");
    const address = addressOf(parameters, 1);
    if (address !== (location.hash || "#")) history.replaceState(null, "", address);
    if (String(parameters)) search(parameters);
    else idle();
  }

  function listen() {
    let waiting = 0;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(waiting);
      ask({ isOrder: true });
    });
    form.addEventListener("change", () => {
      clearTimeout(waiting);
      ask();
    });
    form.elements.q.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, AFTER_TYPING);
    });
    for (const field of Object.keys(choices)) {
      form.elements[field].addEventListener("input", () => offer(field));
      form.elements[field].addEventListener("focus", () => offer(field));
    }
    document.getElementById("search-clear").addEventListener("click", () => {
      clearTimeout(waiting);
      fill(new URLSearchParams());
      ask();
      form.elements.q.focus();
    });
    pager.addEventListener("click", () => heading.focus());
    window.addEventListener("hashchange", () => {
      if (location.hash && !location.hash.includes("=")) return; // a place in the page, no question
      fill(parametersOfAddress());
      follow();
    });
  }

  async function start() {
    directory = await window.hustingsIndex.directory(root);
    words = window.hustingsWords.by(directory.rules);
    segments = window.hustingsIndex.segments(root, directory);
    choices = choicesOf(directory);
    for (const facet of MANY) addBoxes(facet, directory[`${facet}s`]);
    addParties(directory.parties);
    form.hidden = false;
    showCounts(allCounts());
    fill(parametersOfAddress());
    listen();
    follow();
  }

  start().catch(fail);
})();
