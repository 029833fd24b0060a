// chart.js - cards per hour or per day as stacked bars, in SVG of our own. The same elements are
// moved at every draw: what is drawn for months never grows.

import {words, levelClass, count} from './words.js';

const SPACE = 'http://www.w3.org/2000/svg';
const LINES = 3;

function make(parent, name, className) {
  const element = document.createElementNS(SPACE, name);
  if (className) element.setAttribute('class', className);
  parent.append(element);
  return element;
}

function place(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    const text = typeof value === 'number' ? value.toFixed(1) : value;
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

// The next round number whose thirds are whole: what the top line says.
function roundUp(n) {
  for (let ten = 1; ; ten *= 10)
    for (const step of [3, 6, 9, 12, 15, 21]) if (n <= step * ten) return step * ten;
}

export class Chart {
  constructor(svg) {
    this.svg = svg;
    this.bars = [];
    this.names = [];
    this.shape = '';
    new ResizeObserver(() => this.draw()).observe(svg);
  }

  show(bars, levels) {
    this.data = bars;
    this.levels = levels;
    this.draw();
  }

  // As many elements as this data needs; made again only when their number changes.
  prepare(buckets, levels) {
    const shape = `${buckets} ${levels.map(l => l.level).join(' ')}`;
    if (shape === this.shape) return;
    this.shape = shape;
    this.svg.replaceChildren();
    this.lines = [];
    for (let i = 0; i <= LINES; i++)
      this.lines.push({line: make(this.svg, 'line'), text: make(this.svg, 'text')});
    this.bars = [];
    this.names = [];
    for (let i = 0; i < buckets; i++) {
      this.bars.push(levels.map(l => make(this.svg, 'rect', levelClass(l.level))));
      this.names.push(make(this.svg, 'text'));
    }
  }

  draw() {
    const box = this.svg.getBoundingClientRect();
    if (!this.data || !this.data.by.length || box.width < 1) return;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const {by} = this.data;
    this.prepare(by.length, this.levels);
    place(this.svg, {viewBox: `0 0 ${box.width.toFixed(1)} ${box.height.toFixed(1)}`});
    const top = roundUp(Math.max(1, ...by.map(row => row.reduce((a, b) => a + b, 0))));
    const left = rem * (1.1 + 0.62 * count(top).length);
    const area = {left, right: box.width - 0.3 * rem, top: 0.7 * rem,
      bottom: box.height - 1.8 * rem};
    this.drawLines(area, top, rem);
    by.forEach((row, i) => this.drawBar(area, top, row, i, rem));
  }

  drawLines(area, top, rem) {
    this.lines.forEach(({line, text}, i) => {
      const y = area.bottom - (area.bottom - area.top) * i / LINES;
      place(line, {x1: area.left, x2: area.right, y1: y, y2: y});
      place(text, {x: area.left - 0.6 * rem, y: y + 0.36 * rem, 'text-anchor': 'end'});
      text.textContent = count(top * i / LINES);
    });
  }

  drawBar(area, top, row, i, rem) {
    const step = (area.right - area.left) / this.bars.length;
    const x = area.left + step * i;
    let y = area.bottom;
    row.forEach((n, level) => {
      const height = (area.bottom - area.top) * n / top;
      y -= height;
      place(this.bars[i][level], {x: x + step * 0.15, width: step * 0.7, y,
        height: Math.max(0, height - (n ? 1 : 0))});
    });
    const name = this.nameOf(i);
    const isLast = i === this.names.length - 1; // it ends where the picture does
    place(this.names[i], {x: isLast ? area.right : x + step / 2, y: area.bottom + 1.4 * rem,
      'text-anchor': isLast ? 'end' : 'middle'});
    this.names[i].textContent = name;
  }

  // newest_ms counts local time as if it were UTC: the engine's zone, not the browser's.
  nameOf(i) {
    const {newest_ms: newest, step_ms: step, by} = this.data;
    const at = new Date(newest - (by.length - 1 - i) * step);
    const isHour = step < 86400000;
    const back = by.length - 1 - i;
    if (isHour) return at.getUTCHours() % 3 === 0 ? `${at.getUTCHours()}:00` : '';
    if (back % 5 !== 0 || back > by.length - 2) return '';
    return words.day(at.getUTCMonth() + 1, at.getUTCDate());
  }
}
