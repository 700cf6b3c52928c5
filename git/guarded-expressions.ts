import { createContext, Script } from 'node:vm'
import { UndriftError } from '../domain/errors.ts'
import type { Exec } from '../domain/version/exec.ts'

const roundMilliseconds = 500
const singleMilliseconds = 200
const mostSlow = 2

type Found = ReturnType<Exec>

const box = createContext({ run: null })
const script = new Script('run()')

/**
 * Runs code that tries an operator's regular expressions on a stranger's tags, and takes none of them further than it
 * goes in time: such a tag counts as too slow. `work` may be run several times and must have no effects. It lives here
 * because both rooms that read tags may import this one.
 * Throws UNDRIFT_E_INPUT for an expression that is too slow on more than two tags.
 */
export function withGuardedExpressions<T>(work: (exec: Exec) => T): T {
  const known = new Map<string, Found>()
  let slow = 0
  const oneByOne: Exec = (expression, text) => {
    const key = `${expression}\n${text}`
    const before = known.get(key)
    if (before !== undefined) return before
    const single = inTime(() => expression.exec(text), singleMilliseconds)
    if (single === timeUp && ++slow > mostSlow) throw tooSlow(expression, text)
    const found = single === timeUp ? 'too-slow' : single
    known.set(key, found)
    return found
  }
  for (;;) {
    let current: readonly [RegExp, string] | null = null
    const exec: Exec = (expression, text) => {
      const key = `${expression}\n${text}`
      const before = known.get(key)
      if (before !== undefined) return before
      current = [expression, text]
      const found = expression.exec(text)
      known.set(key, found)
      current = null
      return found
    }
    const round = inTime(() => work(exec), roundMilliseconds)
    if (round !== timeUp) return round
    // It is the work itself that takes long: it is let run, with an eye on each expression.
    if (current === null) return work(oneByOne)
    const [expression, text]: readonly [RegExp, string] = current
    oneByOne(expression, text)
  }
}

const timeUp = Symbol('time is up')

/** V8 ends even an expression that backtracks without end when a script's time is up. */
function inTime<T>(run: () => T, timeout: number): T | typeof timeUp {
  box.run = run
  try {
    return script.runInContext(box, { timeout }) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return timeUp
    throw error
  }
}

function tooSlow(expression: RegExp, text: string): UndriftError {
  const tag = text.length > 60 ? `${text.slice(0, 59)}…` : text
  return new UndriftError(
    'UNDRIFT_E_INPUT',
    `The regular expression ${expression.source} takes too long, for example on "${tag}".`,
    { hint: 'Nested repetitions such as (a+)+ are the usual cause; write it without them.' },
  )
}
