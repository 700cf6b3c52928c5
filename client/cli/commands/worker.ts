import { resolve } from 'node:path'
import { type ExitCode, exitCodes } from '../../../domain/exit-codes.ts'
import { locateServer } from '../../server.ts'
import type { CommandInput, CommandResult } from '../command.ts'
import type { Context } from '../context.ts'
import { toRoles } from '../options.ts'
import { startWorkerProcess } from '../worker-process.ts'

/** Serves roles on this machine until it is told to end. */
export async function worker(context: Context, input: CommandInput): Promise<CommandResult> {
  const roles = toRoles(input.options.role)
  const server = locateServer(context)
  // The environment and profiles hold more than an address (TLS, keys, namespace): the worker reads them itself.
  const address = server.chosenBy === 'data-folder' ? ['--embedded', server.address] : []
  const { policy } = input.options
  const limits = typeof policy === 'string' ? ['--policy', resolve(context.cwd, policy)] : []
  const argv = ['worker', '--role', roles.join(','), '--data', context.data.root, ...address, ...limits]
  const child = startWorkerProcess(context, argv)
  await child.event('ready')
  context.say(`Serving ${roles.join(', ')} of ${server.address}; stop it with Ctrl-C.`)
  const exitCode = await child.ended
  const stopped = context.signal.aborted && exitCode === exitCodes.ok
  return { exitCode: stopped ? (context.signal.reason as ExitCode) : exitCode, text: '', json: null }
}
