import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { connection } from './api/connection'
import { queryClient } from './api/query-client'
import { router } from './router'
import './styles/index.css'
import { ToastProvider } from './ui/toast'
import { TooltipProvider } from './ui/tooltip'

// A page that was there when the console was loaded is gone: another version runs by now.
window.addEventListener('vite:preloadError', () => connection.set({ ...connection.get(), isOutdated: true }))

const place = document.getElementById('root')
if (!place) throw new Error('index.html has no element with the id `root`')

createRoot(place).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <TooltipProvider>
          <ToastProvider>
            <RouterProvider router={router} />
          </ToastProvider>
        </TooltipProvider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
)
