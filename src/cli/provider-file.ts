import { readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { yaml } from '../packages/index.ts'
import type { ProviderConfig } from '../provider/index.ts'
import { readLatency } from '../systems/simulated-services.ts'
import { UsageError } from './flags.ts'

/** Node runs these as they are. */
const MODULES: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'])

type Block = Readonly<Record<string, unknown>>

const isBlock = (value: unknown): value is Block => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Options that have a latency of their own for each name. */
const BY_NAME: ReadonlySet<string> = new Set(['agents', 'models', 'services'])

/** Options with ranges of latencies, such as `2s..30s`, as distributions: in a text there is no function for them. */
function withRanges(options: Block): Block {
  const of = (name: string, value: unknown): unknown => {
    if (name === 'latency' && typeof value === 'string' && value.includes('..')) return readLatency(value)
    if (!BY_NAME.has(name) || !isBlock(value)) return value
    const each = Object.entries(value).map(([key, part]) => [key, isBlock(part) ? withRanges(part) : part] as const)
    return Object.fromEntries(each)
  }
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, of(name, value)]))
}

async function contentOf(file: string): Promise<unknown> {
  if (MODULES.has(extname(file))) return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default
  // Tags make values of other kinds: sets, dates, bytes.
  const read: unknown = yaml().parse(readFileSync(file, 'utf8'), { version: '1.2', resolveKnownTags: false })
  return isBlock(read) ? withRanges(read) : read
}

/**
 * Reads the options of the simulated services from a file: the default export of a module, or a YAML or JSON file.
 * Their names and values are for the provider to check.
 *
 * @throws UsageError for a file that cannot be read, or is not a block of options
 */
export async function readProviderFile(named: string): Promise<ProviderConfig> {
  const file = resolve(named)
  const content = await contentOf(file).catch((error: unknown) => {
    throw new UsageError(`--config: ${file} cannot be read: ${(error as Error).message.split('\n')[0]}`)
  })
  if (!isBlock(content))
    throw new UsageError(
      MODULES.has(extname(file))
        ? `--config: ${file} must export the options of the provider by default, such as export default { failRate: 0.1 }.`
        : `--config: ${file} must be a block of options of the provider, such as failRate: 0.1.`,
    )
  return content
}
