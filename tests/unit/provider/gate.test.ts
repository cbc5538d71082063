import { expect, test } from 'vitest'
import { Gate } from '../../../src/provider/gate.ts'
import { withinRun } from '../../../src/provider/index.ts'

/** Whether a request waits: one of a run, of the test itself (null), or of another process. */
const waits = (gate: Gate, run?: number | null): boolean =>
  (run === undefined ? gate.wait : withinRun(run, () => gate.wait)) !== undefined

test('requests of a run wait, and those that may be its own, until the gate is opened', async () => {
  const gate = new Gate()
  expect([waits(gate, 5), waits(gate)]).toEqual([false, false])
  const open = gate.close(5)
  expect([waits(gate, 5), waits(gate), waits(gate, 7), waits(gate, null)]).toEqual([true, true, false, false])
  const waiting = withinRun(5, () => gate.wait)
  open()
  await waiting
  expect([waits(gate, 5), waits(gate)]).toEqual([false, false])
})

test('who opens it twice opens nothing that was closed since', () => {
  const gate = new Gate()
  const open = gate.close(5)
  open()
  gate.close(5)
  open()
  expect(waits(gate, 5)).toBe(true)
})
