// Prints which files of a folder import which, as the TypeScript compiler resolves them: [[importer, imported], ...].
const ts = require(process.argv[3]);
const fs = require("fs");
const path = require("path");

const root = fs.realpathSync(process.argv[2]);
const files = [];
(function walk(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== "node_modules") walk(place);
    } else if (/\.(ts|tsx|mts|cts|js|jsx|mjs|cjs)$/.test(entry.name)) files.push(place);
  }
})(root);

const options = {
  allowJs: true,
  resolveJsonModule: true,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  module: ts.ModuleKind.ESNext,
};
const found = [];
for (const file of files) {
  const read = ts.preProcessFile(fs.readFileSync(file, "utf8"), true, /\.[cm]?jsx?$/.test(file));
  for (const imported of read.importedFiles) {
    const target = ts.resolveModuleName(imported.fileName, file, options, ts.sys).resolvedModule;
    if (!target) continue;
    const real = fs.realpathSync(target.resolvedFileName);
    const inside = real.startsWith(root + path.sep) && !path.relative(root, real).includes("node_modules");
    if (inside && real !== file) found.push([path.relative(root, file), path.relative(root, real)]);
  }
}
console.log(JSON.stringify(found));
