import type { Json } from '../json.ts'

/** A part of an expression. `at` is where it begins within the expression's text, from 0. */
export type Node = { at: number } & (
  | { kind: 'constant'; value: Json }
  | { kind: 'name'; name: string }
  /** A text with `{{…}}` in it; one that is nothing but such a hole has the hole's value. */
  | { kind: 'text'; parts: readonly (string | Node)[] }
  /** `isNeeded`: that it is not there is an error. */
  | { kind: 'member'; of: Node; name: string; isNeeded?: true }
  | { kind: 'index'; of: Node; index: Node }
  | { kind: 'list'; items: readonly Node[] }
  | { kind: 'object'; entries: readonly { name: Node; value: Node }[] }
  | { kind: 'unary'; operator: '-' | '+' | 'not'; operand: Node }
  | { kind: 'binary'; operator: string; left: Node; right: Node }
  | { kind: 'choice'; condition: Node; then: Node; otherwise: Node }
  | { kind: 'call'; name: string; given: readonly Node[] }
  /** `name -> body`; without an arrow the name is `it`. */
  | { kind: 'each'; name: string; body: Node }
)

/** The parts of a part. */
export function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'text':
      return node.parts.filter((part) => typeof part !== 'string')
    case 'member':
      return [node.of]
    case 'index':
      return [node.of, node.index]
    case 'list':
      return node.items
    case 'object':
      return node.entries.flatMap(({ name, value }) => [name, value])
    case 'unary':
      return [node.operand]
    case 'binary':
      return [node.left, node.right]
    case 'choice':
      return [node.condition, node.then, node.otherwise]
    case 'call':
      return node.given
    case 'each':
      return [node.body]
    case 'constant':
    case 'name':
      return []
    default:
      return node satisfies never
  }
}
