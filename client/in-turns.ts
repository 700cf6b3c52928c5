/** Calls of the server at once: thousands would only queue up there, and one after the other would take the day. */
export const callsAtOnce = 16

/** Runs tasks, a few of them at a time; results come in the tasks' order. */
export async function inTurns<Task, Result>(
  tasks: readonly Task[],
  atOnce: number,
  run: (task: Task) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  const queue = tasks.entries()
  async function work(): Promise<void> {
    for (const [index, task] of queue) results[index] = await run(task)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}
