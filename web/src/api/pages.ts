import { PAGE_ITEMS_MAX } from './client'

interface ListPage<T> {
  results: T[]
  next?: string | null
}

/** A console that shows more sources or destinations than this at once is no help; the API has the rest. */
const PAGES_MAX = 10

/** Reads a list to its end. For lists that people make by hand; alerts come page by page. */
export async function readAll<T>(page: (query: { limit: number; cursor?: string }) => Promise<ListPage<T>>): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  for (let count = 0; count < PAGES_MAX; count += 1) {
    const { results, next } = await page({ limit: PAGE_ITEMS_MAX, ...(cursor === undefined ? {} : { cursor }) })
    items.push(...results)
    if (!next) break
    cursor = next
  }
  return items
}
