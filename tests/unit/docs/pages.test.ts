import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const sidebar = readFileSync('docs/.vitepress/config.ts', 'utf8')
const list = readFileSync('docs/README.md', 'utf8')
const pages = readdirSync('docs').filter((file) => file.endsWith('.md') && file !== 'README.md')
const reference = readdirSync('docs/reference').filter((file) => file !== 'README.md')

describe('the pages of the documentation', () => {
  test('stand in the sidebar of the site', () => {
    const links = [...pages.map((file) => `/${file}`), ...reference.map((file) => `/reference/${file}`)]
    expect(links.filter((link) => !sidebar.includes(`'${link.replace('.md', '')}'`))).toEqual([])
  })

  test('stand in the list of pages, for those who read them on GitHub or in the package', () => {
    expect(pages.filter((file) => !list.includes(`](${file}`))).toEqual([])
  })
})
