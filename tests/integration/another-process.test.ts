import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { compileProgram, Machine, parseStrategy, type MachineState } from '../../src/strategy/index.ts'

const STRATEGY = `
SET sum = 0
FOR i IN 1..6:
  RETRY 2:
    PARALLEL:
      SET sum = sum + i
      WAIT 1s
  IF i == 5: BREAK
RETURN { sum: sum, i: i }
`

/** Carries a saved machine to its end in a process of its own. */
const PROGRAM = `
  const { compileProgram, Machine, parseStrategy } = await import(process.argv[1])
  let text = ''
  for await (const part of process.stdin) text += part
  const { strategy, state } = JSON.parse(text)
  const machine = new Machine(compileProgram(parseStrategy(strategy)), state)
  while (machine.state.status.kind === 'running') {
    if (machine.step().kind !== 'waiting') continue
    for (const { id } of machine.pending) machine.resolve(id, { ok: true, value: null })
  }
  console.log(JSON.stringify(machine.state.status))`

function finishElsewhere(state: MachineState): unknown {
  const module = resolve(import.meta.dirname, '../../src/strategy/index.ts')
  const printed = execFileSync(process.execPath, ['--input-type=module', '-e', PROGRAM, module], {
    input: JSON.stringify({ strategy: STRATEGY, state }),
  })
  return JSON.parse(printed.toString())
}

test('a strategy goes on in another process, wherever it stood', { timeout: 120_000 }, () => {
  const machine = Machine.start(compileProgram(parseStrategy(STRATEGY)), {})
  const saved: MachineState[] = []
  while (machine.state.status.kind === 'running') {
    saved.push(structuredClone(machine.state))
    if (machine.step().kind !== 'waiting') continue
    for (const { id } of machine.pending) machine.resolve(id, { ok: true, value: null })
  }
  expect(machine.state.status).toEqual({ kind: 'completed', result: { sum: 15, i: 5 } })
  // Every seventh state: within loops, retries, branches, and while effects are under way.
  const chosen = saved.filter((_, index) => index % 7 === 0)
  expect(chosen.length).toBeGreaterThan(5)
  for (const state of chosen) expect(finishElsewhere(state)).toEqual(machine.state.status)
})
