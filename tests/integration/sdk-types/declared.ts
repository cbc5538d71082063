import { resolve } from 'node:path'
import { getLibFiles, ts } from '@ts-morph/common'

/** What TypeScript knows of an SDK's declarations. */
export interface Declared {
  checker: ts.TypeChecker
  /** The type that the module exports by a name. */
  type(name: string): ts.Type
  /** Types of which all fields were shown already by samples: once is enough, wherever they stand. */
  shown: Set<ts.Type>
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: [],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
}

/** Where the declarations of JavaScript itself are said to stand. */
const LIBS = '/longhaul-libs'

/**
 * Reads the types of a module that stands in no file.
 *
 * @param text such as `import type OpenAI from 'openai'; export type Chat = OpenAI.ChatCompletion`
 * @throws Error where the module names what the SDK does not have
 */
export function declaredIn(text: string): Declared {
  const file = resolve(import.meta.dirname, 'asked.mts')
  const texts = new Map([[file, text], ...getLibFiles().map((lib) => [`${LIBS}/${lib.fileName}`, lib.text] as const)])
  const host = ts.createCompilerHost(OPTIONS)
  const { getSourceFile, fileExists } = host
  host.getSourceFile = (name, language, ...more) => {
    const own = texts.get(name)
    return own === undefined
      ? getSourceFile.call(host, name, language, ...more)
      : ts.createSourceFile(name, own, language)
  }
  host.fileExists = (name) => texts.has(name) || fileExists.call(host, name)
  host.getDefaultLibLocation = () => LIBS
  host.getDefaultLibFileName = () => `${LIBS}/lib.d.ts`
  const program = ts.createProgram([file], OPTIONS, host)
  const source = program.getSourceFile(file)!
  const wrong = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
  if (wrong.length > 0)
    throw new Error(wrong.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')).join('\n'))
  const checker = program.getTypeChecker()
  const exported = new Map(
    checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).map((symbol) => [symbol.name, symbol]),
  )
  return {
    checker,
    shown: new Set(),
    type(name) {
      const symbol = exported.get(name)
      if (!symbol) throw new Error(`The module exports no type '${name}'.`)
      return checker.getDeclaredTypeOfSymbol(symbol)
    },
  }
}

/** What a type is called where a deviation is told. */
export function nameOf(checker: ts.TypeChecker, type: ts.Type): string {
  const symbol = type.symbol as ts.Symbol | undefined
  if (symbol && symbol.name !== '__type' && symbol.name !== '__object') return symbol.name
  return type.aliasSymbol?.name ?? checker.typeToString(type).slice(0, 60)
}

/** A field of an object as its type declares it. */
export interface DeclaredField {
  name: string
  /** Who declares it, for exceptions: `Response.output_text`. */
  owner: string
  type: ts.Type
  optional: boolean
}

const fieldsOf = new WeakMap<ts.Type, readonly DeclaredField[]>()

/** The fields of an object, without methods and what only a class computes. */
export function declaredFields(checker: ts.TypeChecker, type: ts.Type): readonly DeclaredField[] {
  const known = fieldsOf.get(type)
  if (known) return known
  const fields = checker.getPropertiesOfType(type).flatMap((symbol): DeclaredField[] => {
    if (symbol.name.startsWith('__@') || symbol.flags & (ts.SymbolFlags.Accessor | ts.SymbolFlags.Method)) return []
    const of = checker.getTypeOfSymbol(symbol)
    if (of.getCallSignatures().length > 0) return []
    const parent = (symbol as ts.Symbol & { parent?: ts.Symbol }).parent
    const owner = parent && parent.name !== '__type' ? parent.name : nameOf(checker, type)
    return [{ name: symbol.name, owner, type: of, optional: Boolean(symbol.flags & ts.SymbolFlags.Optional) }]
  })
  fieldsOf.set(type, fields)
  return fields
}

/** The members of a union, or the type itself, without `undefined`. */
export const membersOf = (type: ts.Type): readonly ts.Type[] =>
  (type.isUnion() ? type.types : [type]).filter(({ flags }) => !(flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)))

/** The value of a literal type; `undefined` where the type is none. */
export function literalOf(checker: ts.TypeChecker, type: ts.Type): string | number | boolean | undefined {
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value
  if (type.flags & ts.TypeFlags.BooleanLiteral) return checker.typeToString(type) === 'true'
  return undefined
}

/** Types of JavaScript that are a text on the wire. */
export const WRITTEN_AS_TEXT = new Set(['Date', 'Uint8Array', 'Blob', 'ReadableStream', 'Buffer', 'ArrayBuffer'])
