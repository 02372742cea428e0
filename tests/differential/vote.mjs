// V8 as the third vote. Run with node 26: node vote.mjs FILE... prints one JSON line for each file:
// {"file", "valid", "why", "calls": [[export name, "returned ..." or the trap's text], ...]}.
// Values cross as bits where JavaScript can: v128 and most NaN payloads can not.
import { readFileSync } from "node:fs";

const room = new DataView(new ArrayBuffer(8));

function bits(value) {
  if (typeof value === "bigint") return BigInt.asUintN(64, value).toString(16);
  if (typeof value !== "number") return value === null ? "null" : typeof value;
  room.setFloat64(0, value);
  return Number.isInteger(value) && Math.abs(value) < 2 ** 32 && !Object.is(value, -0)
    ? (value >>> 0).toString(16)
    : "F" + room.getBigUint64(0).toString(16);
}

const CANDIDATES = [
  (k) => 7 + 3 * k,
  (k) => 0x100000007n * BigInt(k + 1),
];

// Arguments are found by trying: a number, or a BigInt where V8 wants one.
function call(func) {
  const args = [];
  for (let k = 0; k < func.length; k++) args.push(CANDIDATES[0](k));
  for (let attempt = 0; attempt <= func.length; attempt++) {
    try {
      const result = func(...args);
      return "returned " + (Array.isArray(result) ? result.map(bits).join(" ") : result === undefined ? "" : bits(result));
    } catch (error) {
      if (error instanceof TypeError && /BigInt/.test(error.message) && attempt < func.length) {
        args[attempt] = CANDIDATES[1](attempt);
        continue;
      }
      return String(error.message);
    }
  }
}

for (const file of process.argv.slice(2)) {
  const data = readFileSync(file);
  const record = { file, valid: false, why: "", calls: [] };
  try {
    const module = new WebAssembly.Module(data);
    record.valid = true;
    const exports = new WebAssembly.Instance(module, {}).exports;
    for (const { name, kind } of WebAssembly.Module.exports(module))
      if (kind === "function") record.calls.push([name, call(exports[name])]);
  } catch (error) {
    record.why = String(error.message);
  }
  console.log(JSON.stringify(record));
}
