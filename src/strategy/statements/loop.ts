import type { Compiler, Instruction } from '../compiler.ts'
import type { Block } from '../tree.ts'

/** Runs a block for each item of a loop that has begun. */
export function buildLoop(loop: Instruction & { exit: number }, body: Block, compiler: Compiler): void {
  const { line } = loop
  const head = compiler.here
  const next = compiler.add({ op: 'next', line, exit: 0 })
  compiler.block(body, { inLoop: true })
  compiler.jump(line).to = head
  loop.exit = next.exit = compiler.here
}
