import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { environmentNames } from '../../../docs/.vitepress/reference/declarations.ts'
import { INTERNAL, OF_COMMANDS, OF_TESTS } from '../../../docs/.vitepress/reference/environment.ts'
import { formattedPages } from '../../../docs/.vitepress/reference/formatted.ts'

describe('docs/reference', () => {
  test('is what the source says: run npm run docs:reference where it is not', async () => {
    const pages = await formattedPages()
    const committed = readdirSync('docs/reference').map(
      (file) => [file, readFileSync(`docs/reference/${file}`, 'utf8')] as const,
    )
    expect(Object.fromEntries(committed)).toEqual(pages)
  })

  test('has every environment variable that the source mentions', () => {
    const told = new Set([...OF_TESTS, ...OF_COMMANDS].map(({ name }) => name).concat(INTERNAL))
    expect([...environmentNames()].filter((name) => !told.has(name))).toEqual([])
  })
})
