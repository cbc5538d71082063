import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { rolldown, type Plugin } from 'rolldown'

// Node takes half a millisecond to find, read and compile a file: two hundred of them would be most of what an import of
// longhaul takes. What the entry points share is in chunks, so that every class is there once.

const src = join(import.meta.dirname, 'src')
const { exports, bin } = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'), 'utf8')) as {
  exports: Record<string, string | { default: string }>
  bin: Record<string, string>
}
const targets = [
  ...Object.values(exports).flatMap((of) => (typeof of === 'string' ? [] : of.default)),
  bin['longhaul']!,
]
/** What is loaded by its path. */
const BY_PATH = ['vitest/setup']
const entries = [...targets.map((target) => target.replace(/^\.\/dist\/(.*)\.js$/, '$1')), ...BY_PATH]

const PLACE = /__placeOf\("(.*?)"\)/g

/** Lets a module find the files beside it, in whatever chunk it comes to lie. */
const places: Plugin = {
  name: 'places',
  transform: {
    filter: { code: 'import.meta.url' },
    handler: (code, id) =>
      code.replaceAll(
        'import.meta.url',
        `__placeOf("${relative(src, id).replace(/\.ts$/, '.js').replaceAll('\\', '/')}")`,
      ),
  },
  renderChunk: (code, { fileName }) =>
    code.replaceAll(PLACE, (_, file: string) => {
      const from = relative(dirname(fileName), file).replaceAll('\\', '/')
      return `new URL(${JSON.stringify(from)}, import.meta.url).href`
    }),
}

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((entry) => [entry, join(src, `${entry}.ts`)])),
  external: /^[^./]/,
  platform: 'node',
  transform: { target: 'node22.18' },
  // What a module does when it is loaded (matchers, doors) is no side effect that package.json tells of by these names.
  treeshake: { moduleSideEffects: () => true },
  plugins: [places],
})
await bundle.write({ dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' })
