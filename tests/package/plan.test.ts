import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test("the plan's commands, one after another, print what they have to", { timeout: 180_000 }, async () => {
  const env = { ...process.env, VITEST: undefined, LONGHAUL_FAIL_RATE: undefined, KSI_SOCKET_PATH: undefined }
  const { stdout } = await promisify(execFile)('sh', [resolve(import.meta.dirname, 'plan.sh')], { env }).catch(
    (error: { stdout: string }) => error,
  )
  expect(stdout).toMatch(/\n44 commands as planned, 0 not\n$/)
})
