import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { meQuery } from '../api/session'
import { forgetDrafts } from '../draft'

/** Begins anew when somebody else has signed in, here or in another tab: they see nothing of, and send nothing for, whom the page was opened by. */
export function useSamePerson() {
  const { data: me } = useQuery(meQuery)
  const first = useRef<string>(undefined)
  useEffect(() => {
    if (me === undefined) return
    first.current ??= me.id
    if (first.current === me.id) return
    forgetDrafts()
    location.replace('/')
  }, [me])
}
