import { useRef, useState } from 'preact/hooks'

/** A command with a button that copies it. A page from disk has no clipboard of its own in every browser. */
export function Command({ text }: { text: string }) {
  const code = useRef<HTMLElement>(null)
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      getSelection()?.selectAllChildren(code.current!)
      document.execCommand('copy')
    }
    setCopied(true)
    setTimeout(() => setCopied(false), 1_500)
  }
  return (
    <div class="command">
      <span class="sr">To repeat it:</span>
      <code ref={code} tabIndex={0}>
        {text}
      </code>
      <button onClick={() => void copy()}>{isCopied ? 'Copied ✓' : 'Copy'}</button>
    </div>
  )
}
