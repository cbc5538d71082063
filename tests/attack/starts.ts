import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DaemonProcess, MAIN } from './daemon.ts'
import type { Tally } from './tally.ts'

interface Ended {
  code: number
  said: string
}

const longhaul = (env: NodeJS.ProcessEnv, ...given: string[]): Promise<Ended> =>
  new Promise((done) => {
    execFile(process.execPath, [MAIN, ...given], { env }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
    )
  })

/** Two are started at once: one of them runs, and each says what is so. What stands at the socket's path stays. */
export async function startTwice(tally: Tally, { times }: { times: number }): Promise<string> {
  for (let nth = 0; nth < times; nth++) {
    const daemon = new DaemonProcess()
    try {
      const both = await Promise.all([1, 2].map(() => longhaul(daemon.env, 'daemon', 'start')))
      tally.tried += 2
      const pid = Number(readFileSync(join(daemon.home, 'var/run/ksi_daemon.pid'), 'utf8'))
      const started = both.filter(({ code }) => code === 0)
      const told = started.map(({ said }) => Number(/daemon (\d+) started/.exec(said)?.[1]))
      if (started.length !== 1 || told[0] !== pid)
        tally.add(
          'silent loss',
          `${started.length} of two say that they have started; ${pid} runs: ${JSON.stringify(both)}`,
        )
      const stopped = await longhaul(daemon.env, 'daemon', 'stop')
      if (stopped.code !== 0) tally.add('hang', stopped.said)
    } finally {
      await daemon.remove()
    }
  }
  const daemon = new DaemonProcess()
  try {
    mkdirSync(daemon.home, { recursive: true })
    const precious = join(daemon.home, 'precious.txt')
    writeFileSync(precious, 'precious')
    const refused = await longhaul({ ...daemon.env, KSI_SOCKET_PATH: precious }, 'daemon', 'start')
    tally.tried += 1
    if (refused.code === 0 || !refused.said.includes('is not a socket')) tally.add('foreign error', refused.said)
    if (readFileSync(precious, 'utf8') !== 'precious') tally.add('silent loss', 'a file at the path of the socket')
  } finally {
    await daemon.remove()
  }
  return `${times} double starts, a file in the socket's place`
}
