import { get, metricsPath } from './api.js';

export const WINDOW_SECONDS = 15 * 60;
/** Data that came late lies before what was last seen, so now and then everything is read again. */
const WHOLE_EVERY_MILLIS = 60_000;
/** Intervals without a sample that make a gap. */
const GAP_INTERVALS = 2.5;

/** The last 15 minutes of one metric of one agent, read in increments. */
export class Metric {
  constructor(agent, name, labels = {}) {
    this.agent = agent;
    this.name = name;
    this.labels = labels;
    this.series = new Map();
    this.wholeAt = 0;
    this.last = 0;
    this.now = 0;
    this.cut = false;
  }

  async refresh() {
    const whole = Date.now() - this.wholeAt > WHOLE_EVERY_MILLIS;
    const query = { name: this.name };
    if (!whole && this.last > 0) query.from = new Date(this.last * 1000 + 1).toISOString();
    for (const [key, value] of Object.entries(this.labels)) query[`label.${key}`] = value;
    let answer;
    try {
      answer = await get(`${metricsPath(this.agent)}/range`, query);
    } catch (error) {
      if (error.status === 400 && query.from) this.wholeAt = 0; // the clock of the agent is ahead
      throw error;
    }
    if (whole) {
      this.series.clear();
      this.wholeAt = Date.now();
    }
    this.now = Date.parse(answer.to) / 1000;
    answer.items.forEach((item) => this.#merge(item));
    this.#forget();
    return this;
  }

  #merge(item) {
    const key = JSON.stringify(item.labels);
    const known = this.series.get(key) ?? { labels: item.labels, counter: item.type === 'counter', points: new Map() };
    for (const [time, value] of item.points) {
      const seconds = Date.parse(time) / 1000;
      known.points.set(seconds, value);
      this.last = Math.max(this.last, seconds);
    }
    this.series.set(key, known);
    this.cut = this.cut || item.cut;
  }

  #forget() {
    const from = this.now - WINDOW_SECONDS - 60;
    for (const [key, one] of this.series) {
      for (const time of one.points.keys()) if (time < from) one.points.delete(time);
      if (one.points.size === 0) this.series.delete(key);
    }
  }
}

/** Times of all lists together, ascending. */
function union(lists) {
  const times = new Set();
  lists.forEach((list) => list.forEach((_, time) => times.add(time)));
  return [...times].sort((left, right) => left - right);
}

function interval(times) {
  const steps = times.slice(1).map((time, i) => time - times[i]).sort((left, right) => left - right);
  return steps.length === 0 ? 10 : steps[steps.length >> 1];
}

/** What a running total grew by per second; unknown over a gap and where it began again. */
function rates(points, limit) {
  const list = [...points].sort((left, right) => left[0] - right[0]);
  const grown = new Map();
  for (let i = 1; i < list.length; i += 1) {
    const passed = list[i][0] - list[i - 1][0];
    const more = list[i][1] - list[i - 1][1];
    if (passed > 0 && passed <= limit && more >= 0) grown.set(list[i][0], more / passed);
  }
  return grown;
}

/**
 * Columns of equal length: times in seconds, then one list per group in the order of `groups`, with null where nothing
 * is known. A group is { match: labels => boolean }; several series of one group are summed. Counters become rates.
 */
export function columns(metric, groups) {
  const all = [...metric.series.values()];
  const limit = GAP_INTERVALS * Math.max(1, interval(union(all.map((one) => one.points))));
  const sums = groups.map((group) => {
    const sum = new Map();
    for (const one of all) {
      if (!group.match(one.labels)) continue;
      const points = one.counter ? rates(one.points, limit) : one.points;
      points.forEach((value, time) => sum.set(time, (sum.get(time) ?? 0) + value));
    }
    return sum;
  });
  const times = withGaps(union(sums), limit);
  return [times, ...sums.map((sum) => times.map((time) => sum.get(time) ?? null))];
}

/** A time in each gap at which nothing is known, so that no line is drawn across it. */
function withGaps(times, limit) {
  const filled = [];
  times.forEach((time, i) => {
    if (i > 0 && time - times[i - 1] > limit) filled.push(times[i - 1] + 0.001);
    filled.push(time);
  });
  return filled;
}

/** Each list of `data` as its share of their sum at that time. */
export function shares([times, ...lists]) {
  const totals = times.map((_, i) => lists.reduce((sum, list) => sum + (list[i] ?? 0), 0));
  return [times, ...lists.map((list) => list.map((value, i) => (value === null || totals[i] <= 0 ? null : value / totals[i])))];
}

/** The last value of a list that is known. */
export const lastOf = (list) => list.findLast((value) => value !== null) ?? null;
