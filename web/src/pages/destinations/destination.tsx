export function DestinationPage() { return null }
