const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function bytes(value) {
  if (value === null || value === undefined) return '–';
  let power = 0;
  let rest = value;
  while (Math.abs(rest) >= 1024 && power < BINARY.length - 1) {
    rest /= 1024;
    power += 1;
  }
  const digits = power === 0 || Math.abs(rest) >= 100 ? 0 : 1;
  return `${rest.toFixed(digits)} ${BINARY[power]}`;
}

export const rate = (value) => (value === null || value === undefined ? '–' : `${bytes(value)}/s`);

export function percent(value) {
  if (value === null || value === undefined) return '–';
  return `${(value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0)} %`;
}

export const decimal = (value) => (value === null || value === undefined ? '–' : value.toFixed(2));

/** A value in its unit as UCUM writes it; six digits are enough to look at. */
export function quantity(value, unit) {
  if (unit === 'By') return bytes(value);
  const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 }).format(value);
  return unit === '' || unit === '1' ? number : `${number} ${unit}`;
}

export const whole = (value) => new Intl.NumberFormat('en').format(value);

export function duration(seconds) {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}

export function age(seconds) {
  if (seconds < 1.5) return 'just now';
  return seconds < 120 ? `${Math.round(seconds)} s ago` : `${duration(seconds)} ago`;
}

export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
