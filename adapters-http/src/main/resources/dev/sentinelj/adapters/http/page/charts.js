import uPlot from './uplot.js';
import { clock } from './format.js';
import { WINDOW_SECONDS } from './series.js';

const HEIGHT = 190;
/** Pixels of a time on the axis: half of the last one stands to the right of the plot. */
const LABEL_WIDTH = 40;
const sync = uPlot.sync('page');
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A card with a title, its newest value, a chart and a legend that follows the crosshair. */
export class Chart {
  /**
   * lines: [{ label, color }], stacked: whether values add up, format: value => text, max: fixed top of the scale,
   * ticks: "binary" for powers of two.
   */
  constructor(parent, { id, title, format, stacked = false, max, ticks }) {
    Object.assign(this, { id, title, format, stacked, max, ticks, lines: [], raw: [[]] });
    this.now = element('span', { class: 'now' });
    this.none = element('p', { class: 'none' }, 'nothing in the last 15 minutes');
    this.plot = element('div', { class: 'plot', role: 'img', 'aria-label': title }, this.none);
    this.legend = element('ul', { class: 'legend' });
    this.card = element('section', { class: 'card chart', id: `chart-${id}`, 'data-chart': id, 'data-points': '0', 'aria-labelledby': `title-${id}` },
      element('header', {}, element('h2', { id: `title-${id}` }, title), this.now), this.plot, this.legend);
    parent.append(this.card);
    this.resizes = new ResizeObserver(() => this.uplot?.setSize({ width: this.plot.clientWidth, height: HEIGHT }));
    this.resizes.observe(this.plot);
  }

  /** Shows `data` (times, then a list per line) up to `now` seconds; `headline` is the newest value in words. */
  show(lines, data, now, headline) {
    const same = JSON.stringify(lines) === JSON.stringify(this.lines);
    this.lines = lines;
    this.raw = data;
    this.end = now;
    const points = data[0].filter((_, i) => data.slice(1).some((list) => list[i] !== null)).length;
    this.card.dataset.points = String(points);
    this.none.hidden = points > 0;
    this.now.textContent = headline;
    this.plot.setAttribute('aria-label', `${this.title}, last 15 minutes, now ${headline}`);
    if (!same || !this.uplot) this.#build();
    this.uplot.setData(this.#drawn(), false);
    this.uplot.setScale('x', { min: now - WINDOW_SECONDS, max: now });
    this.#tell();
  }

  /** Draws again in the colors of the page. */
  repaint() {
    if (this.uplot) {
      this.#build();
      this.show(this.lines, this.raw, this.end, this.now.textContent);
    }
  }

  destroy() {
    this.resizes.disconnect();
    this.uplot?.destroy();
    this.card.remove();
  }

  /** A stack is drawn from its top down, each line filled to the bottom over the one before. */
  #drawn() {
    if (!this.stacked) return this.raw;
    const [times, ...lists] = this.raw;
    let below = times.map(() => 0);
    const sums = lists.map((list) => {
      const known = below;
      below = list.map((value, i) => (known[i] ?? 0) + (value ?? 0));
      return below.map((sum, i) => (list[i] === null ? null : sum));
    });
    return [times, ...sums.reverse()];
  }

  #build() {
    this.uplot?.destroy();
    const order = this.stacked ? [...this.lines].reverse() : this.lines;
    const axis = { stroke: css('--quiet'), grid: { stroke: css('--grid'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' };
    this.uplot = new uPlot({
      width: this.plot.clientWidth || 400,
      height: HEIGHT,
      padding: [8, LABEL_WIDTH / 2, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: sync.key, setSeries: false }, drag: { x: false, y: false }, y: false, points: { size: 7 } },
      scales: { x: { time: true }, y: { range: (_, low, high) => [0, this.max ?? this.#top(high)] } },
      axes: [
        { ...axis, size: 28, space: 70, values: (_, splits) => splits.map((second) => clock(second).slice(0, 5)) },
        { ...axis, size: 74, splits: this.ticks === 'binary' ? (_, __, low, high) => this.#binarySplits(high) : undefined,
          values: (_, splits) => splits.map((value) => this.format(value).replace(/\.0+ /, ' ')) },
      ],
      series: [{}, ...order.map((line) => ({
        label: line.label,
        stroke: css(line.color),
        fill: this.stacked ? css(line.color) : undefined,
        width: this.stacked ? 1 : 1.8,
        points: { show: (chart) => chart.data[0].length < 3 },
      }))],
      hooks: { setCursor: [() => this.#tell()] },
    }, this.#drawn(), this.plot);
  }

  #top(high) {
    const least = this.ticks === 'binary' ? 1024 : 1;
    if (!(high > 0)) return least;
    return Math.max(least, this.ticks === 'binary' ? this.#step(high) * Math.ceil(high / this.#step(high)) : high * 1.1);
  }

  /** 1, 2 or 5 (8 parts of 1024 look no better) of a power of 1024, about four of them to `high`. */
  #step(high) {
    const unit = 1024 ** Math.floor(Math.log(Math.max(1, high)) / Math.log(1024));
    const steps = [0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];
    return unit * (steps.find((step) => (high / unit) / step <= 4.5) ?? 1000);
  }

  #binarySplits(high) {
    const step = this.#step(high);
    return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, i) => i * step);
  }

  /** Values at the crosshair, else the newest. */
  #tell() {
    const [times, ...lists] = this.raw;
    const at = this.uplot?.cursor.idx;
    const hovered = at !== null && at !== undefined && this.uplot.cursor.left >= 0 && at < times.length;
    const index = hovered ? at : times.length - 1;
    const items = this.lines.map((line, i) => {
      const chip = element('i');
      chip.style.background = css(line.color);
      const value = lists[i]?.[index] ?? null;
      return element('li', {}, chip, line.label, element('b', {}, this.format(value)));
    });
    if (hovered) items.push(element('li', {}, element('time', {}, clock(times[index]))));
    this.legend.replaceChildren(...items);
  }
}
