/**
 * Writes docs/api/ from the exported names, by TypeDoc. TypeDoc needs the compiler as a library, which TypeScript 7 is
 * not: it gets the TypeScript 6 that @ts-morph/common holds.
 */
import { createRequire, registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(import.meta.url)
const compiler = require.resolve('@ts-morph/common/dist/typescript.js')
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'typescript' ? { url: pathToFileURL(compiler).href, shortCircuit: true } : next(specifier, context),
})

/** The declarations of the language itself are those of the compiler in use. */
const own = createRequire(require.resolve('typescript/package.json'))
const platform = `@typescript/typescript-${process.platform}-${process.arch}/package.json`
const typescript = require(compiler) as { sys: { getExecutingFilePath(): string } }
typescript.sys.getExecutingFilePath = () => own.resolve(platform).replace(/package\.json$/, 'lib/tsc.js')

const { Application } = await import('typedoc')
const application = await Application.bootstrapWithPlugins({
  // A name is described where it is met first, and the others refer to it: moved names are met where they are now.
  entryPoints: [
    'src/entry/daemon.ts',
    'src/entry/games.ts',
    'src/entry/pattern.ts',
    'src/entry/orchestrator.ts',
    'src/index.ts',
    'src/mount/msw.ts',
    'src/mount/nock.ts',
    'src/telemetry/otel.ts',
    'src/vitest/plugin.ts',
    'src/vitest/reporter.ts',
  ],
  sortEntryPoints: false,
  tsconfig: 'tsconfig.build.json',
  plugin: ['typedoc-plugin-markdown'],
  readme: 'none',
  disableSources: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  indexFormat: 'table',
  parametersFormat: 'table',
  propertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  excludeInternal: true,
  excludePrivate: true,
  skipErrorChecking: true,
  outputs: [{ name: 'markdown', path: 'docs/api' }],
})
const project = await application.convert()
if (!project) process.exit(1)
const NAMES: Readonly<Record<string, string>> = { index: 'longhaul' }
// By the names by which they are imported.
for (const entry of project.children ?? [])
  entry.name = NAMES[entry.name] ?? `longhaul/${entry.name.slice(entry.name.indexOf('/') + 1)}`
// The root first.
for (const { children } of [project, ...(project.groups ?? [])])
  children?.sort((a, b) => Number(b.name === 'longhaul') - Number(a.name === 'longhaul'))
await application.generateOutputs(project)
