// wall.js - from messages to the picture. All text is set as text, never as markup; every list has
// as many elements as fit on the screen, and no more.

import {Live} from './live.js';
import {Chart} from './chart.js';
import * as guard from './guard.js';
import {words, language, count, term, isNothing, level, levelShort, levelClass, levelShape,
  stamp, zoneMs, zoneName, dateText, spanText} from './words.js';

const STOPPED_MS = 5000;
const LOST_MS = 1500; // without a connection; a server that is restarted is back sooner
const CALM_MS = 1500; // cards that follow each other quicker than this do not slide
const SAID_MS = 8000;

const $ = id => document.getElementById(id);
const state = {
  pulseAt: performance.now(), // of the last sign of life; at first, of the page's own start
  pulseWall: Date.now(),
  hasSnapshot: false,
  blind: false,
  blindSince: '',
  stopped: false,
  zone: '',
  hour: -1,
  today: '',
  lastSeq: 0,
  cardsAt: -Infinity, saidAt: -SAID_MS,
};
const chart = new Chart($('chart'));
const mode = new URLSearchParams(location.search).get('chart');

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function fromTemplate(id) {
  return $(id).content.firstElementChild.cloneNode(true);
}

// --- numbers ------------------------------------------------------------------------------------

const tiles = new Map();

function tileOf(name) {
  if (tiles.has(name)) return tiles.get(name);
  const tile = fromTemplate('number-template');
  tile.classList.add(levelClass(name));
  tile.querySelector('use').setAttribute('href', levelShape(name));
  tile.querySelector('.level').textContent = level(name);
  $('numbers').insertBefore(tile, $('numbers').querySelector('.total'));
  tiles.set(name, tile);
  return tile;
}

function setBig(element, text) {
  if (element.textContent === text) return;
  const isFirst = element.textContent === '–';
  element.textContent = text;
  element.classList.toggle('is-long', text.length === 5);
  element.classList.toggle('is-longer', text.length > 5 && text.length <= 7);
  element.classList.toggle('is-longest', text.length > 7);
  element.classList.remove('is-changed');
  if (isFirst) return;
  void element.offsetWidth; // the animation begins anew
  element.classList.add('is-changed');
}

function showLevels(message) {
  message.levels.forEach((one, i) => {
    if (i > 4) return; // there is room for five
    const tile = tileOf(one.level);
    setBig(tile.querySelector('.big'), count(one.standing));
    setText(tile.querySelector('.small'), words.raised(count(one.raised)));
  });
  setText($('feed-more'), message.withdrawn ? words.withdrawn(count(message.withdrawn))
    : words.feed_more);
}

// --- the feed -----------------------------------------------------------------------------------

const rows = []; // newest first

// As many rows of about this height (in rem) as there is room for; they then share it evenly.
function capacity(list, rowRem) {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const height = list.clientHeight;
  const number = Math.max(1, Math.min(30, Math.floor(height / (rowRem * rem) + 0.12)));
  list.style.setProperty('--fit', `${(height / number / rem).toFixed(3)}rem`);
  return number;
}

const cardCapacity = () => capacity($('cards'), parseFloat(
  getComputedStyle(document.documentElement).getPropertyValue('--row')));

function makeRow(card) {
  const row = fromTemplate('card-template');
  const part = name => row.querySelector(`.${name}`);
  const isBack = card.state in words.states;
  const at = stamp(card.issued_at);
  row.classList.add(levelClass(card.level));
  row.classList.toggle('is-back', isBack);
  row.querySelector('use').setAttribute('href', isBack ? '#shape-back' : levelShape(card.level));
  part('level').textContent = isBack ? words.states[card.state] : levelShort(card.level);
  part('org').textContent = card.org || words.no_org;
  part('item').textContent = [isBack ? level(card.level) : '', card.item]
    .filter(Boolean).join(' · ');
  part('over').textContent = isNothing(card.over) ? words.used(term(card.used) || '–')
    : words.over(term(card.over));
  part('of').textContent = card.limit ? words.limit(term(card.limit)) : '';
  part('number-of').textContent = card.case;
  part('tail').textContent = card.whole ? '' : words.tail;
  part('time').textContent = at ? at.time : '';
  row.seq = card.seq;
  row.date = at ? at.date : '';
  row.at = at;
  return row;
}

// A card of another day says which: the wall may hang through midnight.
function showDays() {
  for (const row of rows) {
    const isToday = !row.at || row.date === state.today;
    setText(row.querySelector('.day'), isToday ? '' : words.day(row.at.month, row.at.day));
  }
}

function settleRows() {
  const room = cardCapacity();
  rows.splice(room).forEach(row => {
    row.classList.add('is-leaving');
    setTimeout(() => row.remove(), 700);
  });
  rows.forEach((row, i) => {
    row.style.setProperty('--at', i);
    row.classList.toggle('is-first', i === 0);
  });
  $('cards-empty').hidden = rows.length > 0 || !state.hasSnapshot;
}

function addCards(cards, isMoving) {
  const fresh = cards.filter(card => card.seq > state.lastSeq);
  if (!fresh.length) return;
  state.lastSeq = fresh[fresh.length - 1].seq;
  const shown = fresh.slice(-cardCapacity());
  const isBusy = fresh.length > 1 || performance.now() - state.cardsAt < CALM_MS;
  state.cardsAt = performance.now();
  $('cards').classList.toggle('is-busy', isBusy); // rows that never come to rest cannot be read
  const isSliding =
    isMoving && !isBusy && !state.stopped && document.visibilityState === 'visible';
  for (const card of shown) {
    const row = makeRow(card);
    if (isMoving) row.classList.add('is-new');
    if (isSliding) row.classList.add('is-coming');
    rows.unshift(row);
    $('cards').prepend(row);
  }
  showDays();
  if (isSliding) void $('cards').offsetHeight; // where the new ones start from
  rows.forEach(row => row.classList.remove('is-coming'));
  settleRows();
  if (isMoving) sayNewest(shown[shown.length - 1]);
}

// For who listens instead of looking: the newest card, not more often than one can hear.
function sayNewest(card) {
  if (performance.now() - state.saidAt < SAID_MS || card.state in words.states) return;
  state.saidAt = performance.now();
  setText($('said'), words.said(level(card.level), card.org || words.no_org, card.item));
}

function showAllCards(cards) {
  rows.splice(0).forEach(row => row.remove());
  state.lastSeq = 0;
  addCards(cards, false);
  settleRows();
}

// --- ranking, chart, sources ---------------------------------------------------------------------

function fill(list, template, number) {
  while (list.children.length > number) list.lastElementChild.remove();
  while (list.children.length < number) list.append(fromTemplate(template));
  return [...list.children];
}

function showOrgs(orgs, levels) {
  const shown = orgs.slice(0, capacity($('orgs'), 1.95));
  const sums = shown.map(org => org.by.reduce((a, b) => a + b, 0));
  fill($('orgs'), 'org-template', shown.length).forEach((row, i) => {
    setText(row.querySelector('.rank'), String(i + 1));
    setText(row.querySelector('.org'), shown[i].org || words.no_org);
    setText(row.querySelector('.sum'), count(sums[i]));
    const bar = row.querySelector('.bar');
    while (bar.children.length > levels.length) bar.lastElementChild.remove();
    while (bar.children.length < levels.length) bar.append(document.createElement('i'));
    // The gravest first: what the eye compares starts at the same line.
    [...levels.keys()].reverse().forEach((index, place) => {
      const part = bar.children[place];
      part.className = levelClass(levels[index].level);
      part.style.width = `${100 * (shown[i].by[index] || 0) / sums[0]}%`;
      part.hidden = !shown[i].by[index];
    });
  });
  $('orgs-empty').hidden = shown.length > 0;
}

function showChart(message) {
  const isDaily = mode ? mode === 'day' : message.clock === 'events';
  const bars = isDaily ? message.days : message.hours;
  const isEmpty = !bars.by.some(row => row.some(n => n > 0));
  setText($('chart-title'), isDaily ? words.days : words.hours);
  setText($('chart-more'), isDaily ? words.per_day : words.per_hour);
  $('chart-empty').hidden = !isEmpty;
  $('chart').classList.toggle('is-empty', isEmpty);
  chart.show(bars, message.levels);
}

function shortTime(text) {
  const at = stamp(text);
  if (!at) return '';
  return at.date === state.today ? at.time : `${words.day(at.month, at.day)} ${at.time.slice(0, 5)}`;
}

function showSources(message) {
  const sources = message.sources || [];
  const silent = sources.filter(one => one.silent_since).length;
  const all = message.source_count || 0;
  const shown = sources.slice(0, 2 * capacity($('sources'), 3.3));
  fill($('sources'), 'source-template', shown.length).forEach((row, i) => {
    const one = shown[i];
    row.classList.toggle('is-silent', Boolean(one.silent_since));
    row.querySelector('use').setAttribute('href', one.silent_since ? '#shape-silent' : '#shape-ok');
    setText(row.querySelector('.source-name'), one.source);
    setText(row.querySelector('.source-state'), one.silent_since
      ? words.source_silent(shortTime(one.silent_since)) : words.source_ok(shortTime(one.last_at)));
  });
  setText($('sources-more'), all ? words.sources_more(count(all - silent), count(all)) : '');
  $('sources-empty').hidden = shown.length > 0;
}

// --- the head and the foot -----------------------------------------------------------------------

function showClock(message) {
  const at = stamp(message.now);
  if (!at) return;
  state.zone = at.zone;
  state.hour = Number(at.time.slice(0, 2));
  if (state.today !== at.date) {
    state.today = at.date;
    showDays();
  }
  setText($('time'), at.time);
  $('time').dateTime = message.now;
  setText($('date'), dateText(at));
  setText($('zone'), zoneName(at.zone));
  $('replay').hidden = message.clock !== 'events';
}

function noteOf(message) {
  if (message.head > message.have) return words.behind(count(message.have), count(message.head));
  if (message.missed) return words.missed(count(message.missed));
  return message.estimate ? words.estimate : '';
}

function showNumbers(message) {
  showClock(message);
  showLevels(message);
  showOrgs(message.orgs, message.levels);
  showChart(message);
  showSources(message);
  setBig($('open'), count(message.cases_open));
  setText($('cases'), Number.isFinite(message.cases) ? words.cases(count(message.cases)) : '');
  setText($('note'), noteOf(message));
}

// --- alive or not --------------------------------------------------------------------------------

function sawPulse() {
  state.pulseAt = performance.now();
  state.pulseWall = Date.now();
}

function sinceMs() {
  const told = state.blind && state.blindSince ? Date.parse(state.blindSince) : NaN;
  return Number.isFinite(told) ? told : state.pulseWall;
}

// An instant of the machine's clock, in the engine's zone when that is known.
function timeOfDay(ms) {
  const shift = state.zone ? zoneMs(state.zone) : -60000 * new Date(ms).getTimezoneOffset();
  return new Date(ms + shift).toISOString().slice(11, 19);
}

function isStopped() {
  if (state.blind && state.blindSince) return true;
  return performance.now() - state.pulseAt > STOPPED_MS || live.lostFor() > LOST_MS;
}

function showLife() {
  const stopped = isStopped();
  if (stopped !== state.stopped) {
    state.stopped = stopped;
    document.body.classList.toggle('is-stopped', stopped);
    $('stopped').hidden = !stopped;
  }
  document.body.classList.toggle('is-starting', !state.hasSnapshot);
  if (stopped) {
    const since = sinceMs();
    setText($('stopped-since'), words.since(timeOfDay(since)));
    setText($('stopped-count'), words.lasted(spanText(Date.now() - since)));
    setText($('stopped-why'), live.lostFor() ? words.why_server
      : state.hasSnapshot ? words.why_engine : words.why_start);
  }
  setText($('link'), stopped ? words.link_stopped
    : state.hasSnapshot ? words.link_live : words.link_starting);
}

// --- messages ------------------------------------------------------------------------------------

function take(message) {
  if (message.t === 'snapshot') {
    guard.seeBuild(message.build);
    setText($('title'), message.title || words.title);
    document.title = message.title || words.title;
    state.blind = message.blind;
    state.blindSince = message.since;
    state.hasSnapshot = Boolean(message.now);
    document.body.classList.toggle('is-starting', !state.hasSnapshot);
    if (!message.blind) sawPulse();
    showNumbers(message);
    showAllCards(message.cards);
  } else if (message.t === 'pulse') {
    state.blind = false;
    state.hasSnapshot = true;
    sawPulse();
    showNumbers(message);
    settleRows();
  } else if (message.t === 'cards') {
    showLevels(message);
    addCards(message.cards, true);
  } else if (message.t === 'sight') {
    state.blind = message.blind;
    state.blindSince = message.since;
  }
  showLife();
}

function sayWords() {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  for (const element of document.querySelectorAll('[data-say]'))
    element.textContent = words[element.dataset.say];
  setText($('title'), words.title);
  for (const name of ['warn', 'yellow', 'red']) tileOf(name);
}

function hideCursor() {
  let timer = 0;
  addEventListener('mousemove', () => {
    document.body.classList.remove('is-idle');
    clearTimeout(timer);
    timer = setTimeout(() => document.body.classList.add('is-idle'), 4000);
  });
}

sayWords();
guard.start();
hideCursor();
const live = new Live(take);
addEventListener('resize', () => settleRows());
setInterval(() => {
  guard.tick(state.hour);
  showLife();
}, 250);
setInterval(() => live.look(), 1000);
showLife();
