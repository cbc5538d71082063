import { readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { yaml } from '../packages/index.ts'
import type { ProviderConfig } from '../provider/index.ts'
import { UsageError } from './flags.ts'

/** Node runs these as they are. */
const MODULES: ReadonlySet<string> = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'])

async function contentOf(file: string): Promise<unknown> {
  if (MODULES.has(extname(file))) return ((await import(pathToFileURL(file).href)) as { default?: unknown }).default
  // Tags make values of other kinds: sets, dates, bytes.
  return yaml().parse(readFileSync(file, 'utf8'), { version: '1.2', resolveKnownTags: false })
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
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new UsageError(
      MODULES.has(extname(file))
        ? `--config: ${file} must export the options of the provider by default, such as export default { failRate: 0.1 }.`
        : `--config: ${file} must be a block of options of the provider, such as failRate: 0.1.`,
    )
  return content as ProviderConfig
}
