import { reckonOn } from './busy.ts'
import { fuzzDaemon } from './fuzz-daemon.ts'
import { fuzzServer } from './fuzz-server.ts'
import { killDaemons } from './kills.ts'
import { slowClients } from './slow-clients.ts'
import { startTwice } from './starts.ts'
import { HANG_MS, Tally } from './tally.ts'
import { truncate } from './truncate.ts'

/**
 * Attacks the daemon, its bridge, the server and all that is kept, on purpose. Exits with 1 if anything dies, hangs, answers in
 * somebody else's words or loses something without a word.
 *
 * Usage: node tests/attack/attack.ts [--short] [--seed NUMBER]
 */
const isShort = process.argv.includes('--short')
const seed = Number(process.argv[process.argv.indexOf('--seed') + 1]) || 1

const ATTACKS: readonly (readonly [name: string, attack: (tally: Tally) => Promise<string>])[] = [
  ['lines', (tally) => fuzzDaemon(tally, { lines: isShort ? 1_500 : 70_000, seed })],
  ['requests', (tally) => fuzzServer(tally, { requests: isShort ? 500 : 40_000, seed })],
  ['cuts', (tally) => truncate(tally, { places: isShort ? 2 : 200 })],
  ['kills', (tally) => killDaemons(tally, { kills: isShort ? 2 : 200, seed })],
  ['starts', (tally) => startTwice(tally, { times: isShort ? 1 : 20 })],
  ['clients', (tally) => slowClients(tally, { clients: 230, seconds: isShort ? 2 : 20 })],
  ['busy', (tally) => reckonOn(tally, { seconds: isShort ? 1 : 20 })],
]

const all = new Tally()
for (const [name, attack] of ATTACKS) {
  const began = performance.now()
  const tally = new Tally(isShort ? 10 * HANG_MS : HANG_MS)
  const told = await attack(tally)
  const seconds = ((performance.now() - began) / 1_000).toFixed(0)
  process.stdout.write(`${name}: ${told}. ${tally.verdict}; slowest ${Math.round(tally.slowestMs)} ms (${seconds} s)\n`)
  all.join(tally)
}
process.stdout.write(`${all.tried} tries: ${all.verdict}\n`)
if (!all.isClean) process.exitCode = 1
