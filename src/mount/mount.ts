/** A way in that was opened, and how to close it. */
export interface Mount {
  close(): void | Promise<void>
}
