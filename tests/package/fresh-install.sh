#!/bin/sh
# Installs the packed tarball with a given Vitest in an empty folder, as a stranger does, and runs the README's test and those of the
# research team in afternoon/. Needs the npm registry.
# Usage: tests/package/fresh-install.sh 4.1
set -eu
version=${1:?give a version of Vitest, such as 4.1}
root=$(cd "$(dirname "$0")/../.." && pwd)
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
npm run --silent build --prefix "$root"
(cd "$root" && npm pack --silent --pack-destination "$home" >/dev/null)
cd "$home"
echo '{ "name": "fresh", "private": true, "type": "module" }' >package.json
npm install --no-audit --no-fund --save-dev "vitest@$version" openai node@24 ./longhaul-*.tgz
node -e "
  const block = (file, language) => new RegExp('^\`\`\`' + language + '\\\\n(.*?)^\`\`\`', 'ms').exec(fs.readFileSync(process.argv[1] + file, 'utf8'))[1]
  fs.writeFileSync('vote.test.ts', block('/README.md', 'ts'))
  fs.writeFileSync('vote.yaml', block('/docs/patterns.md', 'yaml'))
" "$root"
npx longhaul check vote.yaml
npx vitest run

npm install --no-audit --no-fund --save-dev @anthropic-ai/sdk msw@3
cp "$root"/tests/package/afternoon/*.ts .
npx vitest run
for shard in 1 2 3 4; do LONGHAUL_SWEEP=$shard/4 npx vitest run --config vitest.sweep.config.ts; done
npx longhaul merge sweep-1.json sweep-2.json sweep-3.json sweep-4.json
