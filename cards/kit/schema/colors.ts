const hues = 'blue|wathet|turquoise|green|lime|yellow|sunflower|orange|red|carmine|violet|purple|indigo|grey';
const shades = '50|100|200|300|350|400|500|600|700|800|900';
const named = new RegExp(`^((${hues})(-(${shades}))?|grey-(00|650|950|1000)|default|white|bg-white)$`);

/** 颜色名 — hue with an optional shade; hexadecimal is refused by the platform (contract 3.2.5). */
export function isColor(name: string): boolean {
  return named.test(name);
}

/** 旧颜色名 — still in official samples. */
export function isOldColor(name: string): boolean {
  return /^(light|dark)_[a-z]+$/.test(name);
}
