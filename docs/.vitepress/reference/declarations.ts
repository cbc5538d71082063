import { globSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ts } from '@ts-morph/common'

/** A property, a parameter or a member of a union, as its declaration has it. */
export interface Member {
  name: string
  type: string
  about: string
}

/** A class of errors. */
export interface ErrorClass {
  name: string
  codes: readonly string[]
  about: string
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

export const sourceFiles = globSync('src/**/*.ts', { exclude: (path) => path.includes('report/page') })
  .toSorted()
  .map((path) => ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true))

/** The description in the TSDoc of a node, without its tags. */
function aboutOf(node: ts.Node): string {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter((each) => ts.isJSDoc(each))
  return oneLine(ts.getTextOfJSDocComment(doc?.comment) ?? '')
}

const statements = sourceFiles.flatMap((file) => [...file.statements])

/** Former names stand in docs/stability.md, and not among those of today. */
const membersOf = (members: readonly ts.Node[]): Member[] =>
  members.flatMap((member) => {
    if (!ts.isPropertySignature(member) && !ts.isMethodSignature(member)) return []
    if (ts.getJSDocDeprecatedTag(member)) return []
    const { name, type, questionToken } = member
    const given = ts.isMethodSignature(member) ? `(${member.parameters.map((each) => each.getText()).join(', ')})` : ''
    const optional = questionToken && !given ? '?' : ''
    return [
      {
        name: `${name.getText().replaceAll(/^'|'$/g, '')}${given && oneLine(given)}${optional}`,
        type: oneLine(type?.getText() ?? 'void'),
        about: aboutOf(member),
      },
    ]
  })

/** Names that two folders have are told apart by the folder of who mentions them. */
function interfaceNamed(name: string, mentionedBy?: ts.Node): ts.InterfaceDeclaration {
  const found = statements.filter((each) => ts.isInterfaceDeclaration(each)).filter((each) => each.name.text === name)
  const folderOf = (node: ts.Node): string => dirname(node.getSourceFile().fileName)
  const near = mentionedBy && found.find((each) => folderOf(each) === folderOf(mentionedBy))
  const one = near ?? found[0]
  if (!one) throw new Error(`No interface ${name} is declared in src/.`)
  return one
}

const bareName = ({ name }: Member): string => name.replace(/[?(].*$/, '')

/** The members of an interface, those that it inherits first. */
export function interfaceMembers(name: string, mentionedBy?: ts.Node): Member[] {
  const declared = interfaceNamed(name, mentionedBy)
  const { members, heritageClauses = [] } = declared
  const own = membersOf([...members])
  const inherited = heritageClauses.flatMap(({ types }) =>
    types.flatMap(({ expression, typeArguments }) => {
      // `extends Pick<Settings, 'seed' | 'checks'>`, or `Omit<…>`
      const [of, picked] = typeArguments ?? []
      const kind = expression.getText()
      if ((kind !== 'Pick' && kind !== 'Omit') || !of || !picked) return interfaceMembers(kind, declared)
      const names = [...picked.getText().matchAll(/'(\w+)'/g)].map(([, each]) => each)
      const base = of.getText().replace(/<.*$/, '')
      return interfaceMembers(base, declared).filter((each) => names.includes(bareName(each)) === (kind === 'Pick'))
    }),
  )
  const again = new Set(own.map(bareName))
  return [...inherited.filter((each) => !again.has(bareName(each))), ...own]
}

/** The members of an interface, without those that it inherits. */
export const ownMembers = (name: string): Member[] => membersOf([...interfaceNamed(name).members])

/** The members that a type adds to those that it is joined with: `type Event = Body & { … }`. */
export function addedMembers(name: string): Member[] {
  const found = statements.find((each) => ts.isTypeAliasDeclaration(each) && each.name.text === name)
  if (!found || !ts.isTypeAliasDeclaration(found) || !ts.isIntersectionTypeNode(found.type))
    throw new Error(`No intersection ${name} is declared in src/.`)
  return found.type.types.filter(ts.isTypeLiteralNode).flatMap((literal) => membersOf([...literal.members]))
}

/** What the TSDoc of an interface says. */
export const interfaceAbout = (name: string): string => aboutOf(interfaceNamed(name))

/** An exported function of a module of the provider, with its parameters as its type. */
export function functionNamed(name: string): Member {
  const parametersOf = ({ parameters }: ts.SignatureDeclarationBase): string =>
    oneLine(parameters.map((each) => each.getText()).join(', '))
  for (const each of statements) {
    if (!each.getSourceFile().fileName.startsWith('src/provider/')) continue
    if (ts.isFunctionDeclaration(each) && each.name?.text === name)
      return { name, type: parametersOf(each), about: aboutOf(each) }
    if (!ts.isVariableStatement(each)) continue
    const [{ name: declared, initializer }] = each.declarationList.declarations as unknown as [ts.VariableDeclaration]
    if (declared.getText() === name && initializer && ts.isArrowFunction(initializer))
      return { name, type: parametersOf(initializer), about: aboutOf(each) }
  }
  throw new Error(`No function ${name} is declared in src/provider.`)
}

/** What the TSDoc of an exported constant says. */
export function constantAbout(path: string): string {
  const file = sourceFiles.find(({ fileName }) => fileName === path)
  const isExported = ({ modifiers }: ts.VariableStatement): boolean =>
    modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false
  return aboutOf(file!.statements.find((each) => ts.isVariableStatement(each) && isExported(each))!)
}

/** What the TSDoc of each property says in the first object literal that a file names so: `settings: { … }`. */
export function propertiesAbout(path: string, property: string): ReadonlyMap<string, string> {
  const file = sourceFiles.find(({ fileName }) => fileName === path)!
  const literalOf = (node: ts.Node): ts.ObjectLiteralExpression | undefined =>
    ts.isPropertyAssignment(node) && node.name.getText() === property && ts.isObjectLiteralExpression(node.initializer)
      ? node.initializer
      : ts.forEachChild(node, literalOf)
  const literal = literalOf(file)
  return new Map(literal?.properties.map((each) => [each.name!.getText(), aboutOf(each)]))
}

/** The members of a union of object types, by their property `type`. */
export function unionMembers(name: string): { type: string; about: string; fields: Member[] }[] {
  const found = statements.find((each) => ts.isTypeAliasDeclaration(each) && each.name.text === name)
  if (!found || !ts.isTypeAliasDeclaration(found) || !ts.isUnionTypeNode(found.type))
    throw new Error(`No union ${name} is declared in src/.`)
  const text = found.getSourceFile().text
  return found.type.types.filter(ts.isTypeLiteralNode).map((literal) => {
    const fields = membersOf([...literal.members])
    // The comment stands before the `|` that begins the member.
    const before = text.slice(0, literal.getFullStart()).replace(/\|\s*$/, '')
    const [, comment = ''] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(before) ?? []
    const type = fields.find((field) => field.name === 'type')!.type.replaceAll("'", '')
    return {
      type,
      about: oneLine(comment.replaceAll(/^\s*\*/gm, '')),
      fields: fields.filter((field) => field.name !== 'type'),
    }
  })
}

/** Every class of errors with a code. */
export function errorClasses(): ErrorClass[] {
  return statements
    .flatMap((each) => {
      if (!ts.isClassDeclaration(each) || !each.name) return []
      const code = each.members.find((member) => ts.isPropertyDeclaration(member) && member.name.getText() === 'code')
      const codes = code?.getText().match(/\bLONGHAUL_\w+/g) ?? []
      return codes.length === 0 ? [] : [{ name: each.name.text, codes, about: aboutOf(each) }]
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** The names of environment variables that the source mentions. */
export function environmentNames(): Set<string> {
  const codes = new Set(errorClasses().flatMap((each) => each.codes))
  const lines = sourceFiles.flatMap(({ text }) => text.split('\n')).filter((line) => !/\bcode\b/.test(line))
  const all = lines.flatMap((line) => line.match(/\b(?:LONGHAUL|KSI)_[A-Z_]+\b/g) ?? [])
  return new Set(all.filter((name) => !codes.has(name)))
}
