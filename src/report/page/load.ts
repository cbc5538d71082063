import type { ReportFile } from '../model/data.ts'

/** Unpacks what the page was given. */
export async function loadFile(): Promise<ReportFile> {
  const packed = document.getElementById('data')?.textContent
  if (!packed) throw new Error('This page contains no data: the file is truncated, or longhaul did not fill it.')
  const binary = atob(packed.trim())
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at)
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return JSON.parse(await new Response(stream).text()) as ReportFile
}
