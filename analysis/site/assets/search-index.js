// The index of the search: loads its files when they are needed, and answers questions one segment at a time.
(function () {
  "use strict";

  const { numbers, rising } = window.hustingsWords;
  const OUTCOMES = new Map([[true, "elected"], [false, "not_elected"], [null, "no_result"]]);
  const arrived = new Map();
  const loading = new Map();

  // Every file of the index calls this.
  window.hustingsSearch = function (kind, segment, version, ...data) {
    arrived.set(`${segment}/${kind}`, data);
  };

  function load(root, segment, kind, version) {
    const key = `${segment}/${kind}`;
    if (!loading.has(key)) loading.set(key, loadAnew(root, key, version));
    return loading.get(key);
  }

  function loadAnew(root, key, version) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      const path = key.replace(/^\//, "");
      const failed = () => {
        loading.delete(key);
        reject(new Error(`search/${path}.js`));
      };
      script.src = `${root}search/${path}.js${version ? `?v=${version}` : ""}`;
      script.onload = () => {
        script.remove();
        const data = arrived.get(key);
        arrived.delete(key);
        if (data) resolve(data);
        else failed();
      };
      script.onerror = failed;
      document.head.append(script);
    });
  }

  // ---- one segment -------------------------------------------------------------------------------

  // Lists with their lengths before them, as one array and where each list begins in it.
  function lists(code, count, width) {
    const all = numbers(code);
    const starts = new Uint32Array(count + 1);
    const items = [];
    for (let doc = 0, place = 0; doc < count; doc++) {
      const end = place + 1 + all[place];
      for (place += 1; place < end; place++) items.push(all[place]);
      starts[doc + 1] = items.length / width;
    }
    return { starts, items };
  }

  function startsOf(lengths) {
    const starts = new Uint32Array(lengths.length + 1);
    lengths.forEach((length, doc) => (starts[doc + 1] = starts[doc] + length + 1));
    return starts;
  }

  function timesOf(columns) {
    let before = columns.newest;
    return numbers(columns.at).map((gap) => (before === null ? null : (before -= gap)));
  }

  function minutesOf(code) {
    return numbers(code).map((one) => (one === 0 ? null : one % 2 ? (one - 1) / 2 : -one / 2));
  }

  function speakersOf(columns) {
    return columns.speakers.map(([contest, person, author, party, elected, status]) => {
      const [electionId, election, contestId, contestName] = columns.contests[contest];
      return { electionId, election, contestId, contest: contestName, person, author, party, elected, outcome: OUTCOMES.get(elected), status };
    });
  }

  function segmentOf(columns) {
    const lengths = numbers(columns.length);
    return {
      ...columns,
      speakers: speakersOf(columns),
      at: timesOf(columns),
      speaker: numbers(columns.speaker),
      tone: numbers(columns.tone),
      phase: numbers(columns.phase),
      minutes: minutesOf(columns.minutes),
      kind: lists(columns.kind, columns.count, 1),
      target: lists(columns.target, columns.count, 2),
      lengths,
      starts: startsOf(lengths),
      mean: lengths.reduce((sum, one) => sum + one, 0) / columns.count || 1,
    };
  }

  class Segment {
    constructor(root, [name, version, count, newest, oldest]) {
      Object.assign(this, { root, name, version, count, newest, oldest, shards: new Map(), columns: null });
    }

    load(kind) {
      return load(this.root, this.name, kind, this.version);
    }

    async open() {
      if (!this.columns) this.columns = segmentOf((await this.load("columns"))[0]);
      return this.columns;
    }

    async shard(number) {
      if (!this.shards.has(number)) {
        const [words, codes] = await this.load(`words-${number}`);
        const cut = codes.split(",");
        this.shards.set(number, new Map(words.split(" ").map((word, place) => [word, cut[place]])));
      }
      return this.shards.get(number);
    }

    async document(doc) {
      const chunk = lastUpTo(this.columns.chunks, doc);
      const [rows] = await this.load(`docs-${chunk}`);
      const [key, address, at, localTime, kinds, tone, targets, phase, minutes, text] = rows[doc - this.columns.chunks[chunk]];
      return { key, address, at, localTime, kinds, tone, targets, phase, minutes, text, speaker: this.columns.speakers[this.columns.speaker[doc]] };
    }

    // Where a word stands in the segment: places counted over all its texts.
    async word(word, isPrefix) {
      const firsts = this.columns.words;
      const first = Math.max(0, lastUpTo(firsts, word));
      if (!firsts.length) return [];
      if (!isPrefix) return rising((await this.shard(first)).get(word) || "");
      const found = [];
      for (let number = first; number < firsts.length && (number === first || firsts[number] < `${word}\uffff`); number++) {
        for (const [one, code] of await this.shard(number)) if (one.startsWith(word)) for (const place of rising(code)) found.push(place);
      }
      return found.sort((one, other) => one - other);
    }

    async places({ words, isPrefix }) {
      const last = words.length - 1;
      let found = null;
      for (const [number, { word, offset }] of words.entries()) {
        const here = (await this.word(word, isPrefix && number === last)).map((place) => place - offset);
        const there = found && new Set(found);
        found = there ? here.filter((place) => there.has(place)) : here;
        if (!found.length) break;
      }
      return found.map((place) => place + words[0].offset);
    }

    // How often each text holds a term.
    async counts(term) {
      const { starts } = this.columns;
      const found = new Uint16Array(this.count);
      let doc = 0;
      for (const place of await this.places(term)) {
        while (place >= starts[doc + 1]) doc++;
        found[doc]++;
      }
      return found;
    }

    // The score of each text, 0 where it does not answer; null where nothing is asked. BM25 within the segment.
    async scores(terms) {
      if (!terms.length) return null;
      const scores = new Float32Array(this.count).fill(1e-6);
      for (const term of terms) {
        const counts = await this.counts(term);
        const holding = counts.reduce((sum, count) => sum + (count > 0), 0);
        const weight = Math.log(1 + (this.count - holding + 0.5) / (holding + 0.5));
        for (let doc = 0; doc < this.count; doc++) {
          if (counts[doc] > 0 === term.isNot) scores[doc] = 0;
          else if (counts[doc] && scores[doc]) {
            const norm = 1.2 * (0.25 + (0.75 * this.columns.lengths[doc]) / this.columns.mean);
            scores[doc] += (weight * counts[doc] * 2.2) / (counts[doc] + norm);
          }
        }
      }
      return scores;
    }
  }

  // The place of the last of some rising values that is not above `value`; -1 where there is none.
  function lastUpTo(values, value) {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // ---- filters and counts --------------------------------------------------------------------------

  const DAY = 86400;

  function dayStart(day) {
    const at = Date.parse(`${day}T00:00:00Z`);
    return Number.isNaN(at) ? null : at / 1000;
  }

  function speakerTests(columns, asked) {
    return columns.speakers.map((one) => ({
      passes: (!asked.contest || asked.contest === one.contestId) && (!asked.candidate || asked.candidate === one.person),
      party: asked.party === null || asked.party === one.party,
      outcome: !asked.outcomes.size || asked.outcomes.has(one.outcome),
    }));
  }

  function targetTest(columns, asked, plain) {
    if (!asked.target && !asked.toward) return () => true;
    const name = plain(asked.target);
    const who = columns.targets.map((one) => !asked.target || plain(one) === name);
    const tone = asked.toward ? columns.tones.indexOf(asked.toward) : null;
    const { starts, items } = columns.target;
    return (doc) => {
      for (let place = starts[doc]; place < starts[doc + 1]; place++) {
        if (who[items[2 * place]] && (tone === null || items[2 * place + 1] === tone)) return true;
      }
      return false;
    };
  }

  function timeTest(columns, asked) {
    const from = asked.from ? dayStart(asked.from) : null;
    const to = asked.to ? dayStart(asked.to) : null;
    const phase = asked.phase ? columns.phases.indexOf(asked.phase) : null;
    const { at, minutes } = columns;
    return (doc) =>
      (from === null || (at[doc] !== null && at[doc] >= from)) &&
      (to === null || (at[doc] !== null && at[doc] < to + DAY)) &&
      (phase === null || columns.phase[doc] === phase) &&
      (asked.hoursFrom === null || (minutes[doc] !== null && minutes[doc] >= 60 * asked.hoursFrom)) &&
      (asked.hoursTo === null || (minutes[doc] !== null && minutes[doc] <= 60 * asked.hoursTo));
  }

  // Whether any statement of a segment can lie between the days that are asked for.
  function mayHold(segment, asked) {
    if (!asked.from && !asked.to) return true;
    if (segment.newest === null) return false;
    const from = asked.from ? dayStart(asked.from) : null;
    const to = asked.to ? dayStart(asked.to) : null;
    return (from === null || segment.newest >= from) && (to === null || segment.oldest < to + DAY);
  }

  class Counts {
    constructor() {
      this.kind = new Map();
      this.tone = new Map();
      this.outcome = new Map();
      this.party = new Map();
    }

    add(facet, name) {
      const counts = this[facet];
      counts.set(name, (counts.get(name) || 0) + 1);
    }
  }

  function kindsOf(columns, doc) {
    const { starts, items } = columns.kind;
    if (starts[doc] === starts[doc + 1]) return [""];
    const found = [];
    for (let place = starts[doc]; place < starts[doc + 1]; place++) found.push(columns.kinds[items[place]]);
    return found;
  }

  // Calls `found(doc, score)` for each statement that fits, and counts what each option would give: an
  // option's count leaves out what is chosen among its own kind of options.
  function sift(columns, scores, asked, plain, counts, found) {
    const speakers = speakerTests(columns, asked);
    const speaksOf = targetTest(columns, asked, plain);
    const isIn = timeTest(columns, asked);
    for (let doc = 0; doc < columns.count; doc++) {
      const speaker = speakers[columns.speaker[doc]];
      if ((scores && !scores[doc]) || !speaker.passes || !isIn(doc) || !speaksOf(doc)) continue;
      const kinds = kindsOf(columns, doc);
      const tone = columns.tones[columns.tone[doc]];
      const kindFits = !asked.kinds.size || kinds.some((kind) => asked.kinds.has(kind));
      const toneFits = !asked.tones.size || asked.tones.has(tone);
      const misses = !kindFits + !toneFits + !speaker.party + !speaker.outcome;
      if (misses > 1) continue;
      const own = columns.speakers[columns.speaker[doc]];
      if (!misses || !kindFits) for (const kind of kinds) counts.add("kind", kind);
      if (!misses || !toneFits) counts.add("tone", tone);
      if (!misses || !speaker.outcome) counts.add("outcome", own.outcome);
      if (!misses || !speaker.party) counts.add("party", own.party);
      if (!misses) found(doc, scores ? scores[doc] : 0);
    }
  }

  // Answers a question segment by segment, newest first; `report` is called after each, and says whether to go on.
  async function answer(segments, terms, asked, plain, report) {
    const hits = [];
    const counts = new Counts();
    const due = segments.filter((one) => mayHold(one, asked));
    if (!due.length) report({ hits, counts, done: 0, due: 0 });
    for (const [number, segment] of due.entries()) {
      if (number + 1 < due.length) due[number + 1].load("columns").catch(() => {});
      const columns = await segment.open();
      const scores = await segment.scores(terms);
      sift(columns, scores, asked, plain, counts, (doc, score) => hits.push({ segment, doc, score }));
      if (!report({ hits, counts, done: number + 1, due: due.length })) return;
    }
  }

  window.hustingsIndex = {
    answer,
    directory: async (root) => (await load(root, "", "directory", ""))[0],
    segments: (root, directory) => directory.segments.map((one) => new Segment(root, one)),
  };
})();
