import { signalAttempts } from './signal-attempts.ts'
import type { OfferSettingsInput } from './watch-types.ts'

/** Offers the settings of a config that was applied to the running attempts of each line; returns whom it told. */
export function offerSettings({ upstream, forks }: OfferSettingsInput): Promise<readonly string[]> {
  return signalAttempts(upstream.name, (_tag, id) => {
    const [, name, line] = id.split('/')
    const fork = forks.find((each) => each.name === name && each.line === line)
    return fork === undefined ? null : { name: 'settings', input: { upstream, fork } }
  })
}
