import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** A declaration of a `.d.ts` file, with the names that it mentions. */
interface Declared {
  name: string
  file: string
  text: string
}

/** What a module has: its own declarations, what it hands on, and where its names come from. */
interface Module {
  own: Map<string, Declared>
  exported: Map<string, string>
  from: Map<string, { file: string; name: string }>
}

const withoutComments = (text: string): string => text.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')

/** Reads a `.d.ts` file as TypeScript writes it. */
function read(file: string): Module {
  const text = withoutComments(readFileSync(file, 'utf8'))
  const module: Module = { own: new Map(), exported: new Map(), from: new Map() }
  for (const [, kind, names, from] of text.matchAll(
    /^(import|export)(?: type)? \{([^}]*)\}(?: from ['"](.*?)['"])?;/gm,
  ))
    for (const each of names!.split(',')) {
      const [, name, as = name] = /(?:type )?([\w$]+)(?: as ([\w$]+))?/.exec(each.trim()) ?? []
      if (name === undefined || as === undefined) continue
      if (from?.startsWith('.')) {
        const source = join(dirname(file), from.replace(/\.[jt]s$/, '.d.ts'))
        module.from.set(as, { file: source, name })
      }
      if (kind === 'export') module.exported.set(as, name)
    }
  // A declaration begins at the margin.
  for (const part of text.split(/^(?=(?:export )?(?:declare |interface |type |default ))/m)) {
    const [, isExported, name] =
      /^(export )?(?:default )?(?:declare )?(?:abstract )?(?:interface|type|class|function|const|let|enum) ([\w$]+)/.exec(
        part,
      ) ?? []
    if (name === undefined || /^export (?:type )?\{/.test(part)) continue
    const before = module.own.get(name)
    const own = part.split(/^(?:import|export) (?:type )?\{/m)[0]!
    module.own.set(name, { name, file, text: (before?.text ?? '') + own })
    if (isExported) module.exported.set(name, name)
  }
  return module
}

/** The declarations that a user of longhaul can see. */
export class Declarations {
  readonly #folder = mkdtempSync(join(tmpdir(), 'longhaul-types-'))
  readonly #modules = new Map<string, Module>()

  /** Lets TypeScript write them. */
  constructor() {
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        '-p',
        join(root, 'tsconfig.build.json'),
        '--outDir',
        this.#folder,
      ],
      { cwd: root },
    )
  }

  /** What the compiler finds wrong in the declarations that an entry point leads to, where it is to look into libraries. */
  problems(entryPoints: readonly string[]): string[] {
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'))
    const config = join(this.#folder, 'tsconfig.json')
    const compilerOptions = { skipLibCheck: false, rewriteRelativeImportExtensions: false, paths: {} }
    writeFileSync(
      config,
      JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, files: entryPoints, include: [] }),
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', config, '--pretty', 'false'], {
      cwd: this.#folder,
      encoding: 'utf8',
    })
    // Other packages answer for themselves.
    return stdout.split('\n').filter((line) => line !== '' && !/^\s|node_modules/.test(line))
  }

  close(): void {
    rmSync(this.#folder, { recursive: true })
  }

  #module(file: string): Module {
    let found = this.#modules.get(file)
    if (!found) this.#modules.set(file, (found = read(file)))
    return found
  }

  #find(file: string, name: string): Declared | undefined {
    const module = this.#module(file)
    const own = module.own.get(module.exported.get(name) ?? name) ?? module.own.get(name)
    if (own) return own
    const from = module.from.get(name)
    return from && this.#find(from.file, from.name)
  }

  /**
   * What an entry point exports, by name: the place is as in `dist/`. What it hands on from another one with `*` is that
   * one's.
   */
  exportsOf(entry: string): Map<string, Declared> {
    const file = join(this.#folder, entry)
    const names = [...this.#module(file).exported.keys()]
    return new Map(
      names.flatMap((name) => {
        const found = this.#find(file, name)
        return found ? [[name, found] as const] : []
      }),
    )
  }

  /** The declarations of our own that one mentions. Private parts are not seen. */
  mentionedBy({ file, text, name }: Declared): Declared[] {
    const seen = withoutComments(text)
      .replaceAll(/^\s*(?:static )?(?:private .*|#.*);$/gm, '')
      .replaceAll(/'[^'\n]*'|"[^"\n]*"/g, '')
    const words = new Set([...seen.matchAll(/(?<![.\w$])([A-Z][\w$]*)/g)].map(([, word]) => word!))
    words.delete(name)
    const inferred = [...withoutComments(text).matchAll(/import\("(\.[^"]*)"\)\.([\w$]+)/g)].flatMap(
      ([, from, word]) => this.#find(join(dirname(file), from!.replace(/\.[jt]s$/, '.d.ts')), word!) ?? [],
    )
    return [...inferred, ...[...words].flatMap((word) => this.#find(file, word) ?? [])]
  }
}
