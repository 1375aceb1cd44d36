// Fails unless a module imports nothing, and exports two functions and its memory: `node surface.mjs MODULE`.
import { readFileSync } from "node:fs";
import { argv, exit } from "node:process";

const bytes = readFileSync(argv[2]);
const module = new WebAssembly.Module(bytes);
const imported = WebAssembly.Module.imports(module).map(({ kind, module, name }) => `imports ${kind} ${module}.${name}`);
const functions = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function").map(({ name }) => name);
const wrong = [...imported];
if (functions.sort().join() !== "room,turn") wrong.push(`exports the functions ${functions.join(", ")}`);
if (!WebAssembly.Module.exports(module).some(({ kind, name }) => kind === "memory" && name === "memory")) {
  wrong.push("exports no memory");
}
for (const each of wrong) console.log(`the module ${each}`);
if (wrong.length > 0) exit(1);
console.log(`0 imports, 2 functions, ${Math.ceil(bytes.length / 1024)} KiB`);
