import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { install } from './install.ts'

/** Commands of the plan that need Python, or a port of their own: where these are missing they are skipped by name. */
const MAY_BE_SKIPPED = /daemon_control|websocket_bridge|http\.server/

test("the plan's commands, block by block, do what the plan says", { timeout: 900_000 }, async () => {
  const env = { ...process.env, VITEST: undefined }
  const { home, remove } = await install(env)
  try {
    const { stdout } = await promisify(execFile)('sh', [resolve(import.meta.dirname, 'plan.sh'), home], {
      env,
      maxBuffer: 16 * 1024 * 1024,
    }).catch((error: { stdout: string }) => error)
    const lines = stdout.split('\n')
    expect(lines.filter((line) => line.startsWith('NOT OK'))).toEqual([])
    expect(lines.filter((line) => line.startsWith('skipped') && !MAY_BE_SKIPPED.test(line))).toEqual([])
    expect(stdout).toMatch(/\n\d{2} commands as planned, 0 not, \d+ skipped\n$/)
  } finally {
    await remove()
  }
})
