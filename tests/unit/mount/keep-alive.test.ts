import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { keepAlive } from '../../../src/mount/keep-alive.ts'

/** A connection whose time passes when the test says so. */
function connection({ answers }: { answers: (ping: number) => boolean }) {
  const client = new EventEmitter()
  let pings = 0
  let due: (() => void) | undefined
  const told: string[] = []
  keepAlive(
    Object.assign(client, {
      ping: () => answers((pings += 1)) && client.emit('pong'),
      terminate() {
        told.push('cut')
        client.emit('close')
      },
    }) as never,
    () => told.push('gone'),
    (_, action) => {
      due = action
      return () => (due = undefined)
    },
  )
  return {
    told,
    pings: () => pings,
    isWaiting: () => due !== undefined,
    pass: () => due?.(),
    close: () => client.emit('close'),
  }
}

test('a client that answers is asked again and again', () => {
  const { pass, pings, told } = connection({ answers: () => true })
  for (let nth = 0; nth < 5; nth++) pass()
  expect(pings()).toBe(5)
  expect(told).toEqual([])
})

test('a client that is gone is cut off when its time to answer is over', () => {
  const { pass, pings, told } = connection({ answers: (ping) => ping < 3 })
  for (let nth = 0; nth < 4; nth++) pass()
  expect(pings()).toBe(3)
  expect(told).toEqual(['gone', 'cut'])
})

test('a client that has closed is asked no more', () => {
  const { close, isWaiting } = connection({ answers: () => true })
  close()
  expect(isWaiting()).toBe(false)
})
