import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { RunStore, StoreError } from '../../../src/store/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'longhaul-store-'))
afterAll(() => rmSync(folder, { recursive: true }))
let file: string
let nth = 0
beforeEach(() => void (file = join(folder, `${(nth += 1)}.db`)))

const run = { id: 'r', pattern: 'p.yaml', fingerprint: 'f', status: 'running', state: { a: 1 } } as const

describe('a store', () => {
  test('gives back what was written, also from the file', () => {
    const store = new RunStore(file)
    store.transaction(() => {
      store.saveRun(run)
      store.saveAgent('r', 'ann', 0, { inbox: [] })
      store.saveAnswer('r', '1/ann', 1, { text: 'x' })
      store.saveIntent('r', { id: 7, agent: 'ann', model: 'm', worst: 12_345_678_901_234_567_890n })
    })
    store.close()
    const again = new RunStore(file)
    expect(again.load('r')).toEqual({
      ...run,
      agents: [{ name: 'ann', data: { inbox: [] } }],
      answers: new Map([['1/ann', { effect: 1, answer: { text: 'x' } }]]),
      intents: [{ id: 7, agent: 'ann', model: 'm', worst: 12_345_678_901_234_567_890n }],
    })
    expect(again.load('other')).toBeUndefined()
    expect(again.list()).toMatchObject([{ id: 'r', status: 'running' }])
    again.close()
  })

  test('writes all of a transaction or nothing', () => {
    const store = new RunStore(file)
    store.saveRun(run)
    expect(() =>
      store.transaction(() => {
        store.saveRun({ ...run, status: 'completed' })
        throw new Error('in the middle')
      }),
    ).toThrow('in the middle')
    expect(store.load('r')!.status).toBe('running')
    store.close()
  })

  test('keeps the newest of what is over, and all that is not', () => {
    const store = new RunStore(':memory:')
    for (let nth = 1; nth <= 5; nth++) {
      const status = nth === 1 ? 'suspended' : 'completed'
      store.saveRun({ ...run, id: `r${nth}`, status })
      store.saveAgent(`r${nth}`, 'ann', 0, {})
      store.records.began(`r${nth}`, nth, {}, [{ file: 'p.yaml', text: nth < 3 ? 'old' : 'new' }])
      if (nth > 1) store.records.ended(`r${nth}`, nth * 1_000, {})
      store.completions.add({
        requestId: `c${nth}`,
        sessionId: 's',
        agentId: 'ann',
        model: null,
        messages: [],
        continues: false,
      })
      if (nth > 1) store.completions.ended(`c${nth}`, 'completed', { text: 'x' })
    }
    expect(store.forgetOver(2)).toBe(2)
    expect(
      store
        .list()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['r1', 'r4', 'r5'])
    expect(store.load('r1')!.agents).toHaveLength(1)
    expect(store.records.sourcesOf('r1')).toMatchObject([{ text: 'old' }])
    expect([...store.completions.ofSession('s', 10)].map(({ requestId }) => requestId)).toEqual(['c5', 'c4', 'c1'])
    expect(store.forgetOver(2)).toBe(0)
    store.close()
  })

  test('goes back to a checkpoint; what was spent since stays spent', () => {
    const store = new RunStore(':memory:')
    store.saveRun({ ...run, state: { round: 1, costs: 10 } })
    store.saveAgent('r', 'ann', 0, { said: 1 })
    const { id } = store.addCheckpoint('r', 'one')
    store.saveRun({ ...run, state: { round: 2, costs: 20 } })
    store.saveAgent('r', 'ann', 0, { said: 2 })
    expect(store.checkpoints('r')).toMatchObject([{ id, name: 'one' }])
    expect(store.rewind('r', 'none')).toBe(false)
    expect(store.rewind('r', id)).toBe(true)
    expect(store.load('r')).toMatchObject({
      status: 'suspended',
      state: { round: 1, costs: 20 },
      agents: [{ data: { said: 1 } }],
    })
  })
})

describe('a checkpoint', () => {
  test.for([
    ['damaged', '{"state": {"a"', /The checkpoint "r_checkpoint_1" in .* is damaged\. longhaul changed nothing/],
    ['no checkpoint at all', '{"state": 1}', /is damaged/],
    [
      'of another version',
      '{"state": {"version": 9}, "agents": []}',
      /is of version 9, but its run is of version undefined/,
    ],
  ] as const)('that is %s is refused, and the run stays as it is', ([, saved, message]) => {
    const store = new RunStore(file)
    store.transaction(() => store.saveRun(run))
    const { id } = store.addCheckpoint('r', null)
    store.close()
    const database = new DatabaseSync(file)
    database.prepare('UPDATE checkpoints SET saved = ?').run(saved)
    database.close()
    const again = new RunStore(file)
    const before = again.load('r')
    expect(() => again.rewind('r', id)).toThrow(StoreError)
    expect(() => again.rewind('r', id)).toThrow(message)
    expect(again.load('r')).toEqual(before)
    again.close()
  })
})

test('of many checkpoints the newest hundred are kept, and no id is used twice', () => {
  const store = new RunStore(':memory:')
  store.saveRun(run)
  for (let nth = 0; nth < 130; nth++) store.addCheckpoint('r', null)
  const ids = store.checkpoints('r').map(({ id }) => id)
  expect(ids).toHaveLength(100)
  expect(ids[0]).toBe('r_checkpoint_31')
  expect(ids.at(-1)).toBe('r_checkpoint_130')
})

describe('what goes wrong is said, and nothing is lost', () => {
  const codeOf = (work: () => unknown): unknown => {
    try {
      work()
      return undefined
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError)
      return (error as StoreError).code
    }
  }

  test('another process has it', { timeout: 60_000 }, async () => {
    const module = resolve(import.meta.dirname, '../../../src/store/index.ts')
    const program = `
      const { RunStore } = await import(process.argv[1])
      globalThis.store = new RunStore(process.argv[2])
      console.log('open')
      setInterval(() => {}, 1000)`
    const other = spawn(process.execPath, ['--input-type=module', '-e', program, module, file])
    await once(other.stdout, 'data')
    expect(codeOf(() => new RunStore(file))).toBe('LONGHAUL_STORE_IN_USE')
    other.kill('SIGKILL')
    await once(other, 'exit')
    // The lock of a process that was killed is gone with it.
    new RunStore(file).close()
  })

  test('it is no store', () => {
    writeFileSync(file, 'This is a text, and not a database, however long it may be.'.repeat(100))
    const before = readFileSync(file)
    expect(codeOf(() => new RunStore(file))).toBe('LONGHAUL_STORE_DAMAGED')
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('a newer longhaul has written it', () => {
    new RunStore(file).close()
    const database = new DatabaseSync(file)
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(codeOf(() => new RunStore(file))).toBe('LONGHAUL_STORE_VERSION')
  })

  test('its folder is not there', () => {
    expect(codeOf(() => new RunStore(join(folder, 'none', 'x.db')))).toBe('LONGHAUL_STORE_FAILED')
  })

  test('the disk is full: what was written before is still there', () => {
    const store = new RunStore(file)
    store.saveRun(run)
    store.close()
    // A limit on the size of the file stands for a disk that is full.
    const program = `
      const { RunStore } = await import(process.argv[1])
      const store = new RunStore(process.argv[2])
      try {
        for (let i = 0; ; i++) store.transaction(() => store.saveAgent('r', 'a' + i, i, 'x'.repeat(100_000)))
      } catch (error) { console.log(error.code) }`
    const module = resolve(import.meta.dirname, '../../../src/store/index.ts')
    const printed = execFileSync('/bin/sh', [
      '-c',
      `trap '' XFSZ; ulimit -f 2000; exec "$0" --input-type=module -e "$1" "$2" "$3"`,
      process.execPath,
      program,
      module,
      file,
    ])
    expect(printed.toString().trim()).toBe('LONGHAUL_STORE_FAILED')
    const again = new RunStore(file)
    expect(again.load('r')).toMatchObject({ state: { a: 1 } })
    again.close()
  })

  test('it cannot be written to', ({ skip }) => {
    const store = new RunStore(file)
    store.saveRun(run)
    store.close()
    chmodSync(folder, 0o755)
    chmodSync(file, 0o444)
    // The administrator may write everywhere: somebody else tries then.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const program = `
      const { RunStore } = await import(process.argv[1])
      try {
        const store = new RunStore(process.argv[2])
        store.saveRun({ id: 's', pattern: '', fingerprint: '', status: 'running', state: {} })
      } catch (error) { console.log(error.code, error.message) }`
    const module = resolve(import.meta.dirname, '../../../src/store/index.ts')
    const { status } = spawnSync(process.execPath, ['-e', 'fs.accessSync(process.argv[1])', module], nobody)
    skip(status !== 0, 'nobody but the administrator may read this folder')
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program, module, file], nobody)
    expect(printed.toString()).toMatch(/^LONGHAUL_STORE_FAILED .* cannot be written .*permissions/)
    const again = new RunStore(file)
    expect(again.list()).toMatchObject([{ id: 'r', status: 'running' }])
    again.close()
  })
})
