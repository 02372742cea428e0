export function greet(name) {
  return `Grüße, ${name}!`;
}

export function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

export function total(numbers) {
  return numbers.reduce((sum, n) => sum + n, 0);
}

export function reverse(bytes) {
  return Uint8Array.from(bytes).reverse();
}

export function describe(shape, color, note) {
  const points = shape.tag === "path" ? Array.from(shape.val).join("-") : shape.val ?? "";
  return [shape.tag, points, color, note ?? "no note"].join(" ");
}

export function parse(json) {
  try {
    return Object.keys(JSON.parse(json));
  } catch (error) {
    throw error.name;
  }
}

export function clock() {
  return new Date().toISOString();
}

export function spend(rounds) {
  let x = 1;
  for (let i = 0; i < rounds; i++) x = (Math.imul(x, 1103515245) + 12345) >>> 0;
  return x % 1000000;
}
