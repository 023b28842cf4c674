// Words of texts and of questions, cut by the rules that the index hands over: see folding.py, which does the same.
(function () {
  "use strict";

  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const DIGITS = new Uint8Array(128);
  for (let digit = 0; digit < 64; digit++) DIGITS[ALPHABET.charCodeAt(digit)] = digit;

  // Whole numbers from their text: five bits in each sign, lowest first, the sixth says that more follow.
  function numbers(code) {
    const found = [];
    let number = 0;
    let weight = 1;
    for (let place = 0; place < code.length; place++) {
      const digit = DIGITS[code.charCodeAt(place)];
      number += (digit & 31) * weight;
      if (digit & 32) {
        weight *= 32;
      } else {
        found.push(number);
        number = 0;
        weight = 1;
      }
    }
    return found;
  }

  function rising(code) {
    const found = numbers(code);
    for (let place = 1; place < found.length; place++) found[place] += found[place - 1];
    return found;
  }

  function wordsBy(rules) {
    const marks = new RegExp(`[${rules.marks}]`, "gu");
    const alone = new RegExp(`[${rules.alone}]`, "u");
    const folds = new Map(rules.folds);
    const known = new Map();

    function placed(sign) {
      if (sign === "#" || sign === "@") return sign;
      if (!/[\p{L}\p{N}\p{M}]/u.test(sign)) return " ";
      return alone.test(sign) ? ` ${sign} ` : sign;
    }

    function foldAnew(sign) {
      const bare = sign.normalize("NFKD").replace(marks, "").toLowerCase().normalize("NFC");
      const replaced = [...bare].map((one) => folds.get(one) ?? one).join("");
      return [...replaced].map(placed).join("");
    }

    function fold(sign) {
      let found = known.get(sign);
      if (found === undefined) known.set(sign, (found = foldAnew(sign)));
      return found;
    }

    // The words of a text in order, folded; a sign before a word stays with it, or stands alone.
    function cut(text) {
      let folded = "";
      for (const sign of text.normalize("NFKC")) folded += fold(sign);
      return folded.replace(/[#@]/g, " $&").split(" ").filter(Boolean);
    }

    function short(token) {
      const sign = /^[#@]/.test(token) ? token[0] : "";
      const bare = token.slice(sign.length);
      return bare.length > rules.longest ? sign + [...bare].slice(0, rules.longest).join("") : token;
    }

    // Under which words a token of a text is found: `#vote` under itself and under `vote`.
    function wordsOf(token) {
      const whole = short(token);
      if (whole === "#" || whole === "@") return [];
      return /^[#@]/.test(whole) ? [whole, whole.slice(1)] : [whole];
    }

    // The same words as `cut` finds, with their places in the text as it stands.
    function spans(text) {
      const found = [];
      let open = null;
      let place = 0;
      for (const sign of text) {
        const end = place + sign.length;
        for (const one of fold(sign)) {
          if (one === " ") {
            open = null;
          } else if (one === "#" || one === "@") {
            found.push((open = { token: one, start: place, end }));
          } else if (open) {
            open.token += one;
          } else {
            found.push((open = { token: one, start: place, end }));
          }
        }
        if (open && !/^[ ]/.test(fold(sign))) open.end = end;
        place = end;
      }
      return found;
    }

    // One thing to look for: words that stand one after the other, the last perhaps only begun.
    function term(text, isNot, isPrefix) {
      const tokens = cut(text);
      const words = tokens.map((token, offset) => ({ word: short(token), offset })).filter(({ word }) => wordsOf(word).length);
      return { isNot, isPrefix, words, text };
    }

    // A question: words and "phrases" that must all stand in a text, begun words*, and -words that must not.
    function parse(question) {
      const found = [];
      for (const [, not, phrase, word, star] of question.matchAll(/(-?)(?:["“”„]([^"“”„]*)["“”„]?|([^\s"“”„]+))(\*?)/gu)) {
        const text = phrase ?? word;
        found.push(term(text, not === "-", star === "*" || (phrase === undefined && text.endsWith("*"))));
      }
      return found.filter((one) => one.words.length);
    }

    function fits(token, words, place, isPrefix) {
      const { word } = words[place];
      const own = wordsOf(token);
      return isPrefix && place === words.length - 1 ? own.some((one) => one.startsWith(word)) : own.includes(word);
    }

    // Places in a text where a question's words stand, in order, none over another: [start, end] each.
    function places(text, terms) {
      const tokens = spans(text);
      const found = [];
      for (const { words, isPrefix, isNot } of terms) {
        const before = words[0].offset;
        for (let at = 0; !isNot && at < tokens.length; at++) {
          const all = words.map(({ offset }) => tokens[at + offset - before]);
          if (all.every((token, place) => token && fits(token.token, words, place, isPrefix))) {
            found.push([all[0].start, all[all.length - 1].end]);
          }
        }
      }
      found.sort((one, other) => one[0] - other[0] || other[1] - one[1]);
      let end = 0;
      return found.filter((one) => one[0] >= end && (end = one[1]));
    }

    return { cut, wordsOf, spans, parse, places, plain: (text) => cut(text).join(" ") };
  }

  window.hustingsWords = { by: wordsBy, numbers, rising };
})();
