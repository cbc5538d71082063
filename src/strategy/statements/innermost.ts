import type { Frame } from '../run.ts'

type Loop = Extract<Frame, { kind: 'for' | 'while' }>

/** The innermost loop; leaves what is open within it. */
export function innermost(stack: Frame[]): Loop {
  let frame = stack.at(-1)!
  while (frame.kind !== 'for' && frame.kind !== 'while') {
    stack.pop()
    frame = stack.at(-1)!
  }
  return frame
}
