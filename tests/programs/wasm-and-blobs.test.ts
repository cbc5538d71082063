import { openAsBlob } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { describeOrchestration } from 'longhaul'

const orTooLate = <T>(work: Promise<T>): Promise<T | 'too late'> =>
  Promise.race([work, sleep(3_600_000, 'too late' as const)])

/** A module that exports `square`, written by hand. */
const SQUARE = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 7, 10, 1, 6, 115, 113, 117, 97, 114, 101, 0, 0,
  10, 9, 1, 7, 0, 32, 0, 32, 0, 108, 11,
])
const square = ({ exports }: WebAssembly.Instance): number => (exports.square as (n: number) => number)(7)
const response = (): Response => new Response(SQUARE, { headers: { 'content-type': 'application/wasm' } })

const text = 'longhaul '.repeat(100_000)
const file = import.meta.filename

const WORK: Record<string, { work: () => Promise<unknown>; wanted: () => unknown }> = {
  'WebAssembly.compile': {
    work: async () => square(await WebAssembly.instantiate(await WebAssembly.compile(SQUARE))),
    wanted: () => 49,
  },
  'WebAssembly.instantiate': {
    work: async () => square((await WebAssembly.instantiate(SQUARE)).instance),
    wanted: () => 49,
  },
  'WebAssembly.instantiateStreaming': {
    work: async () => square((await WebAssembly.instantiateStreaming(response())).instance),
    wanted: () => 49,
  },
  'the text of a Blob': { work: () => new Blob([text]).text(), wanted: () => text },
  'a slice of Blobs': {
    work: async () => new Blob([new Blob([text]), new Blob([text]).slice(0, 9)]).slice(-18).text(),
    wanted: () => 'longhaul longhaul ',
  },
  'the stream of a Blob': {
    work: async () => {
      let read = ''
      for await (const part of new Blob([text]).stream().pipeThrough(new TextDecoderStream())) read += part
      return read
    },
    wanted: () => text,
  },
  'a Blob in a form': {
    work: async () => {
      const form = new FormData()
      form.set('file', new Blob([text]))
      const sent = await new Response(form).formData()
      return (sent.get('file') as Blob).text()
    },
    wanted: () => text,
  },
  'a file that is opened as a Blob': {
    work: async () => (await openAsBlob(file)).text(),
    wanted: () => readFile(file, 'utf8'),
  },
}

for (const [what, { work, wanted }] of Object.entries(WORK)) {
  describeOrchestration(what, { system: () => orTooLate(work()) }, (test) => {
    test('comes before a timer of an hour, and takes no time', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome).toHaveCompleted()
      expect(outcome.result).toBe(await wanted())
      expect(outcome.elapsedMs).toBe(0)
    })
  })
}

describeOrchestration(
  'a module that is not valid',
  { system: () => orTooLate(WebAssembly.compile(Uint8Array.of(1, 2, 3))) },
  (test) => {
    test('fails as it does without us', async ({ run, expect }) => {
      const outcome = await run()
      expect(outcome.error).toBeInstanceOf(WebAssembly.CompileError)
      expect(outcome.elapsedMs).toBe(0)
    })
  },
)
