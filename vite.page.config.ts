import { createHash } from 'node:crypto'
import { renameSync, writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { viteSingleFile } from 'vite-plugin-singlefile'

const out = join(import.meta.dirname, 'dist/report')

/** The page runs its own script and no other: what stands in a trace stays text, whatever it is. */
const policy: Plugin = {
  name: 'content-security-policy',
  closeBundle() {
    const built = join(out, 'index.html')
    const html = readFileSync(built, 'utf8')
    const [, script = ''] = /<script type="module"[^>]*>([\s\S]*?)<\/script>/.exec(html) ?? []
    const hash = createHash('sha256').update(script).digest('base64')
    const rules = [
      "default-src 'none'",
      `script-src 'sha256-${hash}'`,
      "style-src 'unsafe-inline'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]
    const meta = `<meta http-equiv="Content-Security-Policy" content="${rules.join('; ')}" />`
    writeFileSync(
      built,
      html.replace('<!--policy-->', () => meta),
    )
    renameSync(built, join(out, 'page.html'))
  },
}

export default defineConfig({
  root: join(import.meta.dirname, 'src/report/page'),
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [viteSingleFile({ removeViteModuleLoader: true }), policy],
  build: { outDir: out, emptyOutDir: false, target: 'es2022', modulePreload: false },
})
