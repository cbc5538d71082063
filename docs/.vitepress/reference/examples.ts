import { ts } from '@ts-morph/common'
import { sourceFiles } from './declarations.ts'

/** A block of TypeScript in the TSDoc of an exported name, or of one of its members. */
export interface Example {
  /** The file that declares the name, with `/`. */
  file: string
  /** The exported name; `default` for a default export without one. */
  name: string
  /** Where the example stands in the file, counted from 1. */
  line: number
  code: string
}

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) && !!ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

/** The examples in the comments of a node and of all within it. */
function* within(node: ts.Node): Generator<ts.JSDocTag> {
  const { jsDoc = [] } = node as { jsDoc?: readonly ts.JSDoc[] }
  for (const { tags = [] } of jsDoc) yield* tags.filter(({ tagName }) => tagName.text === 'example')
  for (const child of node.getChildren()) if (!ts.isJSDoc(child)) yield* within(child)
}

function examplesOf(file: ts.SourceFile, statement: ts.Statement): Example[] {
  if (!isExported(statement)) return []
  const named = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0]! : statement
  const name = (named as ts.DeclarationStatement).name?.getText() ?? 'default'
  return [...within(statement)].flatMap((tag) => {
    const text = ts.getTextOfJSDocComment(tag.comment) ?? ''
    const line = file.getLineAndCharacterOfPosition(tag.getStart()).line + 1
    return [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => ({
      file: file.fileName,
      name,
      line,
      code: code!,
    }))
  })
}

/** Every example in the TSDoc of exported names. */
export const examples = (): Example[] =>
  sourceFiles.flatMap((file) => file.statements.flatMap((each) => examplesOf(file, each)))
