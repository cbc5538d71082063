import { format, resolveConfig } from 'prettier'
import { referencePages } from './pages.ts'

/** Every page of the reference as it is committed, by its file in docs/reference. */
export async function formattedPages(): Promise<Record<string, string>> {
  const style = await resolveConfig('docs/reference/options.md')
  const pages = Object.entries(await referencePages())
  return Object.fromEntries(
    await Promise.all(
      pages.map(async ([file, text]) => [file, await format(text, { ...style, parser: 'markdown' })] as const),
    ),
  )
}
