const KEYS: readonly (readonly [string, string])[] = [
  ['← →', 'previous and next call of the same agent; without a selected call, move in time'],
  ['↑ ↓', 'nearest call of the agent above or below'],
  ['+ −  0', 'zoom in, zoom out, show the whole run'],
  ['/', 'search'],
  ['f', 'next finding'],
  ['m', 'messages between agents'],
  ['Esc', 'close the call, clear the filter'],
  ['drag, Shift + wheel', 'move in time'],
  ['Ctrl + wheel', 'zoom in or out'],
]

/** What the keyboard and the mouse do. */
export function Keys({ onClose }: { onClose: () => void }) {
  return (
    <div class="keys" role="dialog" aria-label="Keys">
      <button class="close" aria-label="Close" onClick={onClose}>
        ✕
      </button>
      <dl>
        {KEYS.map(([key, what]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
    </div>
  )
}
