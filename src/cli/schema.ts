import { patternJSONSchema } from '../pattern/index.ts'
import type { Command } from './flags.ts'

/** `longhaul schema` */
export const schema: Command = {
  usage: 'schema',
  about: 'Prints the JSON Schema of patterns, for editors.',
  maxWords: 0,
  flags: {},
  run: () => void process.stdout.write(`${JSON.stringify(patternJSONSchema(), null, 2)}\n`),
}
