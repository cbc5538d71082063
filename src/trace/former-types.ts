/** Types of events that traces of earlier versions have, and their names of today. */
const TODAY: Readonly<Record<string, string>> = {
  'model.replaced': 'model.fellBack',
  'event.cut': 'event.dropped',
  'timers.left': 'timers.leaked',
}

/** The name of today of a type of events. */
export const typeOfToday = (type: string): string => (Object.hasOwn(TODAY, type) ? TODAY[type]! : type)
