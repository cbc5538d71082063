import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CHECKS } from 'longhaul'

const text = readFileSync('docs/checks.md', 'utf8').replaceAll(/\s+/g, ' ')

test.for(Object.entries(CHECKS))('docs/checks.md says what %s is', ([name, { holds, why, advice, settings }]) => {
  expect(text).toContain(`### ${name} ${holds} ${why} ${advice}`)
  for (const [setting, value] of Object.entries(settings))
    expect(text).toContain(value === undefined ? `\`${setting}\`` : `\`${setting}: ${JSON.stringify(value)}\``)
})
