import type { Faker } from '@faker-js/faker'
import type * as GenaiPrices from '@pydantic/genai-prices'
import type * as EventStreams from '@smithy/eventstream-codec'
import type * as Chevrotain from 'chevrotain'
import type CliTable from 'cli-table3'
import type * as Encoding from 'gpt-tokenizer/encoding/o200k_base'
import type * as JsonSchemaFaker from 'json-schema-faker'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname } from 'node:path'
import type * as Ws from 'ws'
import type * as Yaml from 'yaml'
import type * as Zod from 'zod'
import { whenNeeded } from './when-needed.ts'

export { lateClass } from './late-class.ts'
export { whenNeeded } from './when-needed.ts'

// `require` loads ES modules too, and at once: what needs a package does not have to become asynchronous for it.
const require = createRequire(import.meta.url)
const late = <Package>(name: string): (() => Package) => whenNeeded(() => require(name) as Package)

/** Lexer and parser of the strategy language. */
export const chevrotain = late<typeof Chevrotain>('chevrotain')
/** Tables in the terminal. */
export const cliTable = late<typeof CliTable>('cli-table3')
/** Binary event streams of AWS. */
export const eventStreams = late<typeof EventStreams>('@smithy/eventstream-codec')
/** Prices of models. */
export const genaiPrices = late<typeof GenaiPrices>('@pydantic/genai-prices')
/** WebSocket server. */
export const ws = late<typeof Ws>('ws')
/** YAML. */
export const yaml = late<typeof Yaml>('yaml')
/** Schemas of pattern files. */
export const zod = late<typeof Zod>('zod')

/** Words and names, English ones only: those of all languages take seven times as long to load. */
export const englishFaker = whenNeeded(() => (require('@faker-js/faker/locale/en') as { faker: Faker }).faker)

/** Values that fit a JSON schema. Its `exports` know `import` alone, so it is found by its folder. */
export const jsonSchemaFaker = whenNeeded(
  () => require(dirname(findPackageJSON('json-schema-faker', import.meta.url)!)) as typeof JsonSchemaFaker,
)

/** Tokens of OpenAI's models, by encoding. Each table takes a fifth of a second. */
export const encodings = {
  o200k_base: late<typeof Encoding>('gpt-tokenizer/encoding/o200k_base'),
  cl100k_base: late<typeof Encoding>('gpt-tokenizer/encoding/cl100k_base'),
} as const

/** SQLite of Node, which warns when it is loaded that it is experimental. */
export const sqlite = whenNeeded(() => process.getBuiltinModule('node:sqlite'))
