import { createContext, Script } from 'node:vm'
import { UndriftError } from '../domain/errors.ts'
import type { Exec } from '../domain/version/exec.ts'

const firstMilliseconds = 300
const sliceMilliseconds = 200
const mostSlow = 2
/** Slices that come no further than this, one with another, are spent on expressions that backtrack. */
const fewestInSlice = 4_000
const slicesToJudge = 5

type Found = ReturnType<Exec>

/** Runs code that tries an operator's expressions, and remembers what they found for the next that it runs. */
export type ExpressionGuard = <T>(work: (exec: Exec) => T) => T

interface Question {
  readonly expression: RegExp
  readonly text: string
}

const box = createContext({ run: null })
const script = new Script('run()')

/**
 * Runs code that tries an operator's regular expressions on a stranger's tags, and takes none of them further than it
 * goes in time: such a tag counts as too slow. `work` may be run several times, for a while with answers that are not the
 * real ones, and must have no effects. It lives here because both rooms that read tags may import this one.
 * Throws UNDRIFT_E_INPUT for an expression that is too slow on more than two tags, or slow on many.
 */
export function withGuardedExpressions<T>(work: (exec: Exec) => T): T {
  return expressionGuard()(work)
}

/** As `withGuardedExpressions`, for work that is done in several parts. */
export function expressionGuard(): ExpressionGuard {
  const known = createMemory()
  const answer = createAnswers(known)
  return (work) => {
    const round = inTime(
      () => work((expression, text) => tryOut(known, { expression, text })),
      firstMilliseconds,
    )
    if (round !== timeUp) return round
    for (;;) {
      // Questions are gathered and answered together: a deadline for each of 100,000 would take a minute.
      const open: Question[] = []
      const outcome = attempt(() => work((expression, text) => ask(known, { expression, text }, open)))
      if (open.length === 0) return outcome()
      answer(open)
    }
  }
}

interface Memory {
  readonly get: (question: Question) => Found | undefined
  readonly set: (question: Question, found: Found) => void
}

/** By what an expression is: each run of the work makes its own of the same source. */
function createMemory(): Memory {
  const byExpression = new Map<string, Map<string, Found>>()
  return {
    get: ({ expression, text }) => byExpression.get(String(expression))?.get(text),
    set: ({ expression, text }, found) => {
      const name = String(expression)
      const answers = byExpression.get(name) ?? new Map<string, Found>()
      byExpression.set(name, answers.set(text, found))
    },
  }
}

function tryOut(known: Memory, question: Question): Found {
  const before = known.get(question)
  if (before !== undefined) return before
  const found = question.expression.exec(question.text)
  known.set(question, found)
  return found
}

/** What is known, or for the time being that nothing was found. */
function ask(known: Memory, question: Question, open: Question[]): Found {
  const found = known.get(question)
  if (found !== undefined) return found
  open.push(question)
  return null
}

function createAnswers(known: Memory): (open: readonly Question[]) => void {
  let slow = 0
  let slices = 0
  let answered = 0
  return (open) => {
    let next = 0
    while (next < open.length) {
      const from = next
      const slice = inTime(() => {
        for (let question = open[next]; question !== undefined; question = open[++next])
          tryOut(known, question)
      }, sliceMilliseconds)
      if (slice !== timeUp) return
      const question = open[next]
      if (question === undefined) return
      slices++
      answered += next - from
      if (slices >= slicesToJudge && answered < slices * fewestInSlice) throw tooSlow(question)
      // It had the slice for itself.
      if (next === from) {
        if (++slow > mostSlow) throw tooSlow(question)
        known.set(question, 'too-slow')
      }
    }
  }
}

/** Work that was told what is not so may fail for it; that counts only when all answers were real. */
function attempt<T>(run: () => T): () => T {
  try {
    const value = run()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
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

function tooSlow({ expression, text }: Question): UndriftError {
  const tag = text.length > 60 ? `${text.slice(0, 59)}…` : text
  return new UndriftError(
    'UNDRIFT_E_INPUT',
    `The regular expression ${expression.source} takes too long, for example on "${tag}".`,
    { hint: 'Nested repetitions such as (a+)+ are the usual cause; write it without them.' },
  )
}
