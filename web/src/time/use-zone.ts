import { preferences, prefer } from '../preferences'
import { useStore } from '../store'
import { LOCAL, UTC, type Zone, isZone } from './zone'

/** Returns the zone that all times are shown in. */
export function useZone(): Zone {
  const { zone } = useStore(preferences)
  return isZone(zone) ? zone : UTC
}

/** UTC to local and back; from another zone to UTC. */
export function toggleZone(): void {
  prefer({ zone: preferences.get().zone === UTC ? LOCAL : UTC })
}
