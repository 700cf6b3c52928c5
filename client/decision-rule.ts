import type { UpstreamSettings } from '../domain/settings.ts'
import type { Server } from './server.ts'

/** The settings with the rule for decisions filled in: on a server that other machines reach, only signed ones are taken. */
export function withDecisionRule(
  upstream: UpstreamSettings,
  { address }: Pick<Server, 'address'>,
): UpstreamSettings {
  if (upstream.decisions !== undefined || isLoopback(address)) return upstream
  return { ...upstream, decisions: 'signed' }
}

function isLoopback(address: string): boolean {
  const host = address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '')
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
