export function DestinationKindsPage() { return null }
export function NewDestinationPage() { return null }
