import type { Line } from './lines.ts'
import type { Places } from './places.ts'

/** A line with those that are indented below it. */
export interface Node {
  line: Line
  children: Node[]
  /** The indentations of the blocks around it, where its own fits none of them. */
  misplaced: readonly number[] | undefined
}

const MAX_DEPTH = 50

/**
 * Makes a tree of lines by their indentation.
 *
 * @throws PatternError for blocks that are nested too deep
 */
export function outline(lines: readonly Line[], places: Places): Node[] {
  const base = lines[0]?.indentation ?? 0
  const roots: Node[] = []
  const open: { node: Node; siblings: Node[] }[] = []
  for (const line of lines) {
    while (open.length > 0 && line.indentation <= open.at(-1)!.node.line.indentation) open.pop()
    const siblings = open.at(-1)?.node.children ?? roots
    const fits = siblings[0]?.line.indentation ?? (open.length > 0 ? line.indentation : base)
    const around = [base, ...open.map(({ node }) => node.children[0]?.line.indentation ?? 0)].map((each) => each - base)
    const node: Node = { line, children: [], misplaced: line.indentation === fits ? undefined : around }
    siblings.push(node)
    open.push({ node, siblings })
    if (open.length > MAX_DEPTH) throw places.error(line.start, `Blocks are nested more than ${MAX_DEPTH} deep.`)
  }
  return roots
}
