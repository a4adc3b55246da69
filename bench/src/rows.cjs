"use strict";

// The data of the bench, the same at every run.

/** The owner whose rows are read, and how many documents it has. */
const READER = 1;
const READER_DOCS = 10_000;
/** Others, whose rows lie between. */
const OTHERS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/** The owner whose rows are written, so that reads find the same at all times. */
const WRITER = 12;
const OTHER_DOCS = 1_000;
const PROJECTS = 10;
const TASKS = 100;

const WORDS = "garden spring letter river paper window summer copper ladder silver winter harbour meadow lantern".split(" ");
const START = Date.UTC(2024, 0, 1);

/** A small generator of random numbers from 0 to limit - 1 (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

/** What a caller gives to store one document. */
function docData(random) {
  const word = () => WORDS[random(WORDS.length)];
  return {
    title: `${word()} ${word()} ${random(100_000)}`,
    body: Array.from({ length: 20 }, word).join(" "),
    rating: 1 + random(5),
    done: random(2) === 0,
    meta: { source: word(), tags: [word(), word()], size: { width: random(1000), height: random(1000) } },
    createdAt: new Date(START + random(365 * 24 * 3600) * 1000 + random(1000)),
  };
}

/** The owners of all seeded documents, in the order of their keys: spread, as rows are that came over time. */
function docOwners() {
  const owners = [
    ...Array.from({ length: READER_DOCS }, () => READER),
    ...[...OTHERS, WRITER].flatMap((owner) => Array.from({ length: OTHER_DOCS }, () => owner)),
  ];
  return shuffled(owners, randomFrom(7));
}

function shuffled(list, random) {
  const copy = [...list];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = random(last + 1);
    [copy[last], copy[other]] = [copy[other], copy[last]];
  }
  return copy;
}

module.exports = { docData, docOwners, OTHERS, PROJECTS, randomFrom, READER, shuffled, TASKS, WRITER };
