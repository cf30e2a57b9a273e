/** What a search has in its URL. Apart from its meaning, which only its page needs. */
export const SEARCH_PARAMS = ['mode', 'q', 'paused', 'from', 'to', 'cols', 'by', 'sort', 'ev', 'saved'] as const

export type SearchParams = { [name in (typeof SEARCH_PARAMS)[number]]?: string }
