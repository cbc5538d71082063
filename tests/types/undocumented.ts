import { readFileSync } from 'node:fs'
import { ts } from '@ts-morph/common'

const parsed = new Map<string, ts.SourceFile>()

function sourceOf(file: string): ts.SourceFile {
  let source = parsed.get(file)
  if (!source)
    parsed.set(file, (source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)))
  return source
}

const hasDoc = (node: ts.Node): boolean => ts.getJSDocCommentsAndTags(node).length > 0

const isPrivate = (member: ts.ClassElement): boolean =>
  (member.name !== undefined && ts.isPrivateIdentifier(member.name)) ||
  (ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0

/** Members whose meaning JavaScript defines, or docs/reference/errors.md for all classes of errors. */
const DEFINED_ELSEWHERE = new Set(['name', 'code', 'toJSON', 'toString', 'valueOf', '[Symbol.toPrimitive]'])

function membersOf(statement: ts.Statement): readonly (ts.TypeElement | ts.ClassElement)[] {
  if (ts.isInterfaceDeclaration(statement)) return statement.members
  if (ts.isTypeAliasDeclaration(statement) && ts.isTypeLiteralNode(statement.type)) return statement.type.members
  if (ts.isClassDeclaration(statement)) return statement.members.filter((member) => !isPrivate(member))
  return []
}

/** The declaration, if it has no TSDoc, and those of its members that have none. */
export function undocumented({ file, name }: { file: string; name: string }): string[] {
  const found: string[] = []
  let isDescribed = false
  const described = new Set<string>()
  const named: (ts.TypeElement | ts.ClassElement)[] = []
  for (const statement of sourceOf(file).statements) {
    const own = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.some((each) => each.name.getText() === name)
      : 'name' in statement && (statement.name as ts.Identifier | undefined)?.text === name
    if (!own) continue
    isDescribed ||= hasDoc(statement)
    named.push(...membersOf(statement))
  }
  if (!isDescribed) found.push(name)
  for (const member of named) {
    const text = member.name?.getText()
    if (text === undefined || (ts.isClassElement(member) && DEFINED_ELSEWHERE.has(text))) continue
    // Overloads, and a setter beside its getter, are described once.
    if (hasDoc(member)) described.add(text)
    else found.push(`${name}.${text}`)
  }
  return [...new Set(found)].filter((each) => !described.has(each.slice(name.length + 1)))
}
