import { execFile, execFileSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** Debian's Chromium, or the one that the environment names. */
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
export const hasChromium = existsSync(CHROMIUM)

/** Builds the page that reports are made of, where it is older than its source. */
export function buildPage(): void {
  const page = join(root, 'dist/report/page.html')
  const sources = globSync('src/report/{page,model}/*', { cwd: root }).map((file) => statSync(join(root, file)).mtimeMs)
  if (existsSync(page) && statSync(page).mtimeMs > Math.max(...sources)) return
  execFileSync(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '-c', 'vite.page.config.ts'], {
    cwd: root,
  })
}

/** Runs tests in a Vitest of their own whose reporter writes HTML. Returns the folder of the reports. */
export async function writeReports(tests: string): Promise<{ folder: string; home: string; stdout: string }> {
  const home = mkdtempSync(join(tmpdir(), 'longhaul-html-'))
  writeFileSync(join(home, 'a.test.ts'), tests)
  writeFileSync(
    join(home, 'vitest.config.mjs'),
    `import base from ${JSON.stringify(join(root, 'vitest.config.ts'))}
export default {
  ...base,
  root: ${JSON.stringify(home)},
  test: {
    attachmentsDir: 'attachments',
    include: ['*.test.ts'],
    reporters: ['default', [${JSON.stringify(join(root, 'src/vitest/reporter.ts'))}, { html: 'longhaul-report' }], ['junit', { outputFile: 'junit.xml' }]],
  },
}
`,
  )
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|LONGHAUL_|KSI_|CI$|GITHUB_)/.test(name)),
  )
  const stdout = await new Promise<string>((done) => {
    execFile(
      process.execPath,
      [
        join(root, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--root',
        home,
        '--config',
        join(home, 'vitest.config.mjs'),
      ],
      { cwd: home, env: { ...clean, NO_COLOR: '1' }, maxBuffer: 1 << 26 },
      (_, out, err) => done(out + err),
    )
  })
  return { folder: join(home, 'longhaul-report'), home, stdout }
}
