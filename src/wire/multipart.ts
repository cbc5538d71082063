/** A field of a form: its text, and the name of its file where it is one. */
export interface FormField {
  text: string
  filename: string | undefined
}

/** Fields of one form. */
const MAX_FIELDS = 100

/**
 * Reads a form of text fields and text files. Bytes that are no UTF-8 are lost, as bodies come as text.
 * Source: RFC 7578.
 */
export function formFields(contentType: string | undefined, body: string): ReadonlyMap<string, FormField> {
  const fields = new Map<string, FormField>()
  const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '') ?? []
  const boundary = quoted ?? plain
  if (!boundary) return fields
  for (const part of body.split(`--${boundary}`).slice(1, MAX_FIELDS)) {
    const place = part.indexOf('\r\n\r\n')
    if (place < 0) continue
    const head = part.slice(0, place)
    const [, name] = /;\s*name="([^"]*)"/i.exec(head) ?? []
    if (name === undefined) continue
    const [, filename] = /;\s*filename="([^"]*)"/i.exec(head) ?? []
    fields.set(name, { text: part.slice(place + 4).replace(/\r\n$/, ''), filename })
  }
  return fields
}
