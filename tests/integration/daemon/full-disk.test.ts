import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { execute, FLAGS, MAIN, environment, type Data, type Ended } from '../../given/daemon.ts'

describe('a disk that is full', { timeout: 120_000 }, () => {
  test('is told of, the daemon stays up, and the next one goes on with what was written', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'longhaul-full-'))
    const there = environment(elsewhere)
    const command = (...given: string[]): Promise<Ended> => execute(process.execPath, [MAIN, ...given], there)
    const send = async (...given: string[]): Promise<Data> =>
      JSON.parse((await command('send', ...given)).stdout) as Data
    try {
      // A limit on the size of its files stands for the disk.
      const limited = `trap '' XFSZ; ulimit -f 800; exec "$0" "$@"`
      const started = await execute(
        '/bin/sh',
        ['-c', limited, process.execPath, MAIN, 'daemon', 'start', ...FLAGS],
        there,
      )
      expect(started).toMatchObject({ code: 0 })
      for (const end of ['', '-wal'])
        expect(statSync(join(elsewhere, `var/state/ksi_state.db${end}`)).mode & 0o077).toBe(0)
      const { orchestration_id: id } = await send(
        'orchestration:start',
        ...['--pattern', 'session_recovery', '--vars', '{"max_rounds": 40, "pause": "5ms"}'],
      )
      const large = JSON.stringify({ text: 'x'.repeat(60_000) })
      let last: Data = {}
      for (let nth = 0; nth < 20 && last['status'] !== 'failed'; nth++)
        last = await send('state:entity:create', '--type', 'document', '--id', `d${nth}`, '--properties', large)
      expect(last['error']).toMatch(/ksi_state\.db.*(is full|cannot be written)/)
      const health = await command('daemon', 'health')
      expect(health.code).toBe(1)
      expect(JSON.parse(health.stdout)).toMatchObject({
        status: 'degraded',
        problems: expect.arrayContaining([expect.stringContaining('ksi_state.db')]) as unknown,
      })
      for (;;) if ((await send('orchestration:status', '--orchestration-id', String(id)))['state'] === 'failed') break

      expect(await command('daemon', 'restart')).toMatchObject({ code: 0 })
      for (;;) {
        const status = await send('orchestration:status', '--orchestration-id', String(id))
        if (status['state'] === 'running') continue
        expect(status).toMatchObject({ state: 'completed', result: { rounds: 40, total: 120 } })
        break
      }
      expect(await command('daemon', 'health')).toMatchObject({ code: 0 })
    } finally {
      await command('daemon', 'stop')
      rmSync(elsewhere, { recursive: true })
    }
  })
})
