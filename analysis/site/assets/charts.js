// Draws the charts of a page: specs from chart-specs.js, rows from the figure, colours from the style sheet.
// Colours stay CSS variables in the drawing, so that a change of scheme, or print, needs no redrawing.
(function () {
  "use strict";

  const NARROW = 520;
  const AHEAD = "500px";
  const AXIS_HEIGHT = 26;
  const PANEL = { width: 304, across: 32, title: 48 }; // as charts.css lays them out
  const SVG = "http://www.w3.org/2000/svg";
  const drawn = new WeakMap();

  // Id of a pattern, size of its tile, its ground, and what is drawn on it by class and path.
  const PATTERNS = [
    ["chart-hatch", 6, "", [["line", "M-1 1L1 -1M0 6L6 0M5 7L7 5"]]],
    ["chart-dots", 6, "", [["dot", "M2 2H4V4H2Z"]]],
    ["chart-mixed", 8, "", [["negative", "M0 2H8"], ["positive", "M0 6H8"]]],
    ["chart-positive-hatch", 7, "positive-pale", [["positive", "M-1 1L1 -1M0 7L7 0M6 8L8 6"]]],
    ["chart-negative-hatch", 7, "negative-pale", [["negative", "M-1 6L1 8M0 0L7 7M6 -1L8 1"]]],
    ["chart-turned", 8, "positive-pale", [["negative", "M4 0V8"]]],
  ];

  function element(name, attributes, parent) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    parent.append(made);
    return made;
  }

  function addPatterns() {
    const svg = element("svg", { class: "chart-patterns", "aria-hidden": "true", focusable: "false" }, document.body);
    for (const [id, size, ground, marks] of PATTERNS) {
      const pattern = element("pattern", { id, width: size, height: size, patternUnits: "userSpaceOnUse" }, svg);
      element("rect", { class: `ground ${ground}`, width: size, height: size }, pattern);
      for (const [kind, path] of marks) element("path", { class: kind, d: path }, pattern);
    }
  }

  // ---- the tooltip: text alone, never markup ------------------------------------------------------

  const tip = document.createElement("div");
  tip.className = "chart-tip";
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;

  function showTip(_, event, __, value) {
    tip.hidden = value === null || value === undefined || value === "";
    if (tip.hidden) return;
    const lines = typeof value === "object" ? Object.entries(value) : [["", value]];
    tip.replaceChildren(
      ...lines
        .filter(([, text]) => text !== "null" && text !== null)
        .map(([name, text]) => {
          const line = document.createElement("div");
          const label = document.createElement("span");
          const said = document.createElement("b");
          label.textContent = name;
          said.textContent = String(text).replace(/^-(?=\d)/, "−");
          line.append(label, said);
          return line;
        }),
    );
    const { clientX: x, clientY: y } = event;
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(x + 14, window.innerWidth - box.width - 4))}px`;
    tip.style.top = `${y + 18 + box.height > window.innerHeight ? Math.max(4, y - box.height - 10) : y + 18}px`;
  }

  // ---- from a spec and rows to a drawing ----------------------------------------------------------

  function config(place, width) {
    const style = getComputedStyle(place);
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const size = Math.round(rem * 0.78);
    return {
      aria: false,
      background: null,
      font: style.fontFamily,
      padding: { left: 1, right: 4, top: 4, bottom: 2 },
      view: { stroke: null },
      text: { fontSize: size, color: "var(--ink)", lineBreak: "\n" },
      axis: {
        domain: false,
        ticks: false,
        tickColor: "var(--chart-line)",
        tickSize: 4,
        gridColor: "var(--rule)",
        labelColor: "var(--muted)",
        labelFontSize: size,
        labelLineHeight: Math.round(size * 1.25),
        labelPadding: 6,
        labelOverlap: true,
        labelLimit: Math.round(Math.min(260, width * 0.36)),
      },
      axisBand: { grid: false, labelOverlap: false },
    };
  }

  function isObject(value) {
    return value !== null && typeof value === "object" && !Array.isArray(value);
  }

  function merged(base, patch) {
    if (patch === undefined) return base;
    if (Array.isArray(base) && Array.isArray(patch)) {
      return base.map((item, place) => merged(item, patch[place]));
    }
    if (!isObject(base) || !isObject(patch)) return patch;
    const both = { ...base };
    for (const [key, value] of Object.entries(patch)) {
      both[key] = key === "params" ? withValues(base.params, value) : merged(base[key], value);
    }
    return both;
  }

  function withValues(params, values) {
    const given = new Map(values.map((one) => [one.name, one.value]));
    return params.map((one) => (given.has(one.name) ? { ...one, value: given.get(one.name) } : one));
  }

  function specFor(kind, parameters, rows, width) {
    const base = window.hustingsSpecs[kind];
    const { narrow, panel, ...rest } = base.usermeta || {};
    const spec = merged({ ...base, usermeta: rest }, width < NARROW ? narrow : undefined);
    const values = Object.entries(parameters).map(([name, value]) => ({ name, value }));
    return {
      ...spec,
      params: withValues(spec.params || [], values),
      data: { name: "rows", values: rows },
      height: heightFor(spec, rows),
      autosize: { type: "fit-x", contains: "padding" },
      width,
    };
  }

  // A step becomes pixels here, as Vega-Lite warns where a width that fits meets a height in steps.
  function heightFor(spec, rows) {
    if (typeof spec.height === "number") return spec.height;
    return spec.height.step * new Set(rows.map((row) => row[spec.encoding.y.field])).size;
  }

  function rowsOf(data) {
    return data.rows.map((row) => Object.fromEntries(row.map((value, place) => [data.columns[place], value])));
  }

  async function drawInto(place, kind, parameters, rows) {
    const width = Math.floor(place.clientWidth);
    const result = await window.hustingsVega.embed(place, specFor(kind, parameters, rows, width), {
      mode: "vega-lite",
      ast: true,
      renderer: "svg",
      actions: false,
      defaultStyle: false,
      hover: false,
      tooltip: showTip,
      config: config(place, width),
    });
    for (const svg of place.querySelectorAll("svg")) svg.setAttribute("focusable", "false");
    return result;
  }

  // Vega writes a role of its own on what it draws into: readers get the place's, and nothing below it.
  function ground(place, name) {
    const inner = document.createElement("div");
    inner.className = name;
    inner.setAttribute("aria-hidden", "true");
    place.replaceChildren(inner);
    return inner;
  }

  function partsOf(rows, field) {
    const names = [...new Set(rows.map((row) => row[field]))];
    return names.map((name) => [name, rows.filter((row) => row[field] === name)]);
  }

  // Room for a drawing before it is drawn: what stands below must not move from under a reader's hand.
  function keepRoom(figure) {
    const place = figure.querySelector(".chart-drawing");
    const kind = figure.dataset.kind;
    const field = (window.hustingsSpecs[kind].usermeta || {}).panel;
    const data = JSON.parse(figure.querySelector(".chart-rows").textContent);
    const width = place.clientWidth;
    const across = field ? Math.max(1, Math.floor((width + PANEL.across) / (PANEL.width + PANEL.across))) : 1;
    const heights = partsOf(rowsOf(data), field).map(
      ([, rows]) => specFor(kind, {}, rows, width / across).height + AXIS_HEIGHT + (field ? PANEL.title : 0),
    );
    let room = 0;
    for (let first = 0; first < heights.length; first += across) {
      room += Math.max(...heights.slice(first, first + across));
    }
    place.style.minHeight = `${room}px`;
  }

  function panelsOf(place, rows, field) {
    return partsOf(rows, field).map(([name, part]) => {
      const panel = document.createElement("div");
      const title = document.createElement("p");
      const inner = document.createElement("div");
      panel.className = "chart-panel";
      title.className = "chart-panel-title";
      title.textContent = name;
      panel.append(title, inner);
      place.append(panel);
      return [inner, part];
    });
  }

  async function draw(figure) {
    const place = figure.querySelector(".chart-drawing");
    const data = JSON.parse(figure.querySelector(".chart-rows").textContent);
    const kind = figure.dataset.kind;
    const rows = rowsOf(data);
    const before = drawn.get(figure);
    const now = { width: place.clientWidth, results: [] };
    drawn.set(figure, now);
    for (const result of before ? before.results : []) result.finalize();
    const field = (window.hustingsSpecs[kind].usermeta || {}).panel;
    place.style.minHeight = `${place.offsetHeight}px`; // until the new drawing stands
    const inner = ground(place, field ? "chart-panels" : "chart-whole");
    const places = field ? panelsOf(inner, rows, field) : [[inner, rows]];
    try {
      now.results = await Promise.all(places.map(([within, part]) => drawInto(within, kind, data.parameters, part)));
    } catch (error) {
      figure.classList.remove("scripted");
      place.replaceChildren();
      figure.querySelector(".chart-data").open = true;
      console.error(`chart ${figure.id} cannot be drawn:`, error);
    }
    place.style.minHeight = "";
  }

  // ---- when --------------------------------------------------------------------------------------

  const figures = [...document.querySelectorAll(".chart")].filter((one) => one.querySelector(".chart-rows"));
  if (!figures.length || !window.hustingsVega || !window.hustingsSpecs) return;
  addPatterns();
  document.body.append(tip);
  for (const figure of figures) {
    figure.classList.add("scripted");
    figure.querySelector(".chart-data").open = false;
    keepRoom(figure);
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        near.unobserve(entry.target);
        if (!drawn.has(entry.target)) draw(entry.target);
      }
    },
    { rootMargin: AHEAD },
  );

  let waiting = 0;
  const resized = new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      for (const figure of figures) {
        const before = drawn.get(figure);
        const width = figure.querySelector(".chart-drawing").clientWidth;
        if (before && width && before.width !== width && !window.matchMedia("print").matches) draw(figure);
      }
    }, 120);
  });

  function drawAll() {
    for (const figure of figures) if (!drawn.has(figure)) draw(figure);
  }

  for (const figure of figures) near.observe(figure);
  for (const figure of figures) resized.observe(figure);
  window.addEventListener("beforeprint", drawAll);
  window.matchMedia("print").addEventListener("change", (event) => event.matches && drawAll());
  window.addEventListener("scroll", () => (tip.hidden = true), { passive: true });
})();
