import { join, resolve } from 'node:path'
import { readFileSync } from 'node:fs'
import { ts } from '@ts-morph/common'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const moved = readFileSync(join(root, 'src/moved.ts'), 'utf8')

/** The names in src/moved.ts, each with the entry point that its note names. */
const names = [...moved.matchAll(/@deprecated Import from '(.*)' \*\/\s+(?:type )?(\w+)/g)].map(([, from, name]) => ({
  name: name!,
  from: from!,
}))

/** What an editor says of a file of a user: its errors, and the names that it strikes through, each with its note. */
function seenInEditor(code: string): { errors: string[]; struckThrough: Map<string, string> } {
  const file = join(root, 'tests/types/user.ts')
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: object }
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root)
  const host: ts.LanguageServiceHost = {
    ...ts.sys,
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot(name) {
      const text = name === file ? code : ts.sys.readFile(name)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    getCurrentDirectory: () => root,
    // Names are found without the types of the language.
    getCompilationSettings: () => ({ ...options, noUnusedLocals: false, noLib: true }),
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getDefaultLibFileName: () => 'lib.d.ts',
  }
  const service = ts.createLanguageService(host)
  const suggestions = service.getSuggestionDiagnostics(file).filter(({ reportsDeprecated }) => reportsDeprecated)
  const text = (message: string | ts.DiagnosticMessageChain): string => ts.flattenDiagnosticMessageText(message, ' ')
  return {
    errors: service.getSemanticDiagnostics(file).map(({ messageText }) => text(messageText)),
    struckThrough: new Map(
      suggestions.map(({ start, length, messageText }) => [code.slice(start, start + length), text(messageText)]),
    ),
  }
}

test('each name that has moved tells where it is now, and is the same there', async () => {
  expect(names.length).toBeGreaterThan(30)
  // None is there without a note.
  expect(moved.match(/^ {2}(type )?\w+,$/gm)).toHaveLength(names.length)
  const root: Readonly<Record<string, unknown>> = await import('longhaul')
  const areas: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'longhaul/daemon': await import('longhaul/daemon'),
    'longhaul/games': await import('longhaul/games'),
    'longhaul/orchestrator': await import('longhaul/orchestrator'),
    'longhaul/pattern': await import('longhaul/pattern'),
  }
  for (const { name, from } of names) expect(root[name], `${name} of ${from}`).toBe(areas[from]?.[name])
})

test(
  'an editor strikes a name through that is imported from where it was, and not from where it is',
  { timeout: 120_000 },
  () => {
    const old = seenInEditor(`import type { ${names.map(({ name }) => name).join(', ')} } from 'longhaul'\nexport {}\n`)
    expect(old.errors).toEqual([])
    expect([...old.struckThrough.keys()].toSorted()).toEqual(names.map(({ name }) => name).toSorted())

    const lines = names.map(({ name, from }, nth) => `import type { ${name} as moved${nth} } from '${from}'`)
    const now = seenInEditor(`import type { Trace } from 'longhaul'\n${lines.join('\n')}\nexport type { Trace }\n`)
    expect(now.errors).toEqual([])
    expect([...now.struckThrough]).toEqual([])
  },
)
