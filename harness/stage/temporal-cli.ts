import { z } from 'zod'
import { inTurns } from '../../client/in-turns.ts'
import { demand } from './expect.ts'
import { type Ended, runProcess } from './run-process.ts'

/** One event of a workflow's history, as the Temporal CLI writes it. */
interface HistoryEvent {
  readonly eventType: string
}

/** A workflow's history in the form that replay tests read. */
export interface History {
  readonly events: readonly HistoryEvent[]
}

/** The plain Temporal CLI on the embedded server: what a person uses who has nothing of Undrift at hand. */
export interface TemporalCli {
  run(...args: readonly string[]): Promise<Ended>
  history(workflowId: string): Promise<History>
  /** How many runs of a workflow there are, ended ones too. */
  runs(workflowId: string): Promise<number>
  /** The history of the latest run of every workflow, as the Temporal CLI writes it, by workflow id. */
  histories(): Promise<Readonly<Record<string, string>>>
}

const listSchema = z.array(z.looseObject({ execution: z.looseObject({ workflowId: z.string() }) }))

export interface TemporalCliOptions {
  readonly program: string
  readonly address: string
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
}

/** The Temporal CLI at this path, speaking to this server. */
export function temporalCli({ program, address, folder, env }: TemporalCliOptions): TemporalCli {
  function run(...args: readonly string[]): Promise<Ended> {
    return runProcess(program, [...args, '--address', address], { cwd: folder, env })
  }

  async function historyText(workflowId: string): Promise<string> {
    const ended = await run('workflow', 'show', '--workflow-id', workflowId, '--output', 'json')
    demand(`\`temporal workflow show\` knows ${workflowId}`, ended.code === 0, ended)
    return ended.stdout
  }

  return {
    run,
    history: async (workflowId) => JSON.parse(await historyText(workflowId)),
    async runs(workflowId) {
      const query = `WorkflowId = '${workflowId}'`
      const listed = await run('workflow', 'list', '--query', query, '--output', 'json')
      demand('`temporal workflow list` answers', listed.code === 0, listed)
      return listSchema.parse(JSON.parse(listed.stdout)).length
    },
    async histories() {
      const listed = await run('workflow', 'list', '--output', 'json')
      demand('`temporal workflow list` answers', listed.code === 0, listed)
      const ids = listSchema.parse(JSON.parse(listed.stdout)).map(({ execution }) => execution.workflowId)
      const texts = await inTurns(ids, 2, historyText)
      return Object.fromEntries(ids.map((id, index) => [id, texts[index] ?? '']))
    },
  }
}
