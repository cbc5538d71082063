/** Writes docs/reference/: npm run docs:reference. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { formattedPages } from './formatted.ts'

mkdirSync('docs/reference', { recursive: true })
for (const [file, text] of Object.entries(await formattedPages())) writeFileSync(resolve('docs/reference', file), text)
