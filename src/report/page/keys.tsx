const KEYS: readonly (readonly [string, string])[] = [
  ['← →', 'the call before and after of the same agent; without a selected call, move in time'],
  ['↑ ↓', 'the nearest call of the agent above and below'],
  ['+ −  0', 'show less or more time, the whole run'],
  ['/', 'search'],
  ['f', 'next finding'],
  ['m', 'messages between agents'],
  ['Esc', 'close the call, clear the filter'],
  ['drag, Shift + wheel', 'move in time'],
  ['Ctrl + wheel', 'show less or more time'],
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
