import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { ReportFile } from './model/data.ts'

/** The page as it is built. From the source it is where the build puts it. */
const PAGE = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../dist/report/page.html' : 'page.html', import.meta.url),
)
/** Where the data goes. */
const SLOT = '<!--longhaul-data-->'

/** Thrown when the page of the report was not built. */
class NoPageError extends Error {
  override readonly name = 'NoPageError'
  readonly code = 'LONGHAUL_NO_PAGE'
}

let page: string | undefined

function readPage(): string {
  try {
    return (page ??= readFileSync(PAGE, 'utf8'))
  } catch {
    throw new NoPageError(
      `The file ${PAGE}, the template of reports, is missing. In longhaul's own repository, run npm run build.`,
    )
  }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/**
 * A report as one HTML file: the page, and its data, packed. Base64 has no character that HTML would read.
 *
 * @throws NoPageError
 */
function reportHtml(file: ReportFile): string {
  const data = gzipSync(JSON.stringify(file)).toString('base64')
  return readPage()
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escaped(file.title)}</title>`)
    .replace(SLOT, () => `<script type="application/gzip" id="data">${data}</script>`)
}

/** The page that is fed by a bridge: it may connect there, and nowhere else. */
export const liveHtml = (title: string, url: string): string =>
  reportHtml({ kind: 'live', title, url }).replace("default-src 'none'", () => `default-src 'none'; connect-src ${url}`)

/** Writes a report, and the folders that it is to be in. */
export function writeReport(path: string, file: ReportFile): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, reportHtml(file))
}
